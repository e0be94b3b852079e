// Rows that came in are put in their places by their ids: what is known and has not changed stays as it is, so that
// whoever reads it, or has the focus in it, is not disturbed.

const NEAR = 160; // px: so close to the end of the window, the end of a list is being read

export function isInSight(element) {
  return element.getBoundingClientRect().bottom < innerHeight + NEAR;
}

/** The row that the list shows from now on: the fresh one, if that looks different. */
function renewed(list, fresh) {
  const known = list.querySelector(`#${fresh.id}`);
  if (!known || known.dataset.mark === fresh.dataset.mark) return known ?? fresh;
  known.replaceWith(fresh);
  return fresh;
}

/** Puts rows one after the other, the first one after `before`, or at the start. Gives those that were not there. */
export function place(list, rows, before = null) {
  const focused = document.activeElement;
  const added = rows.filter((row) => !list.querySelector(`#${row.id}`));
  let last = before;
  for (const fresh of rows) {
    const row = renewed(list, fresh);
    const next = last ? last.nextElementSibling : list.firstElementChild;
    if (row !== next) last ? last.after(row) : list.prepend(row);
    last = row;
  }
  if (focused.id && document.activeElement !== focused) document.getElementById(focused.id)?.focus({ preventScroll: true });
  return added;
}
