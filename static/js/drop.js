// Files that are dropped on a place of the page.

export function takeDrops(place, take) {
  const over = (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    place.classList.add("upload-over");
  };
  place.addEventListener("dragenter", over);
  place.addEventListener("dragover", over);
  place.addEventListener("dragleave", () => place.classList.remove("upload-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("upload-over");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
}
