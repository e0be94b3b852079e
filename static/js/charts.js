// Draws each chart from the table below it, in the colours of the theme. Without Chart.js the tables stay open.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map(); // of each figure

// A token as the canvas takes it; `scheme`: of that theme, whichever is shown.
function colour(token, scheme) {
  const probe = document.createElement("span");
  probe.hidden = true;
  if (scheme) probe.style.colorScheme = scheme;
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function palette(scheme) {
  const names = ["accent", "field", "hairline", "muted", "ink", "card"];
  return Object.fromEntries(names.map((name) => [name, colour(name, scheme)]));
}

function read(table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  return {
    rows,
    labels: rows.map((row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim()),
    series: heads.flatMap((head, column) => head.dataset.drawn ? [{ head, column }] : []),
  };
}

function dataset({ head, column }, rows) {
  return {
    type: head.dataset.drawn,
    label: head.textContent,
    data: rows.map((row) => Number(row.cells[column].dataset.value)),
    order: head.dataset.drawn === "line" ? 0 : 1,
    barPercentage: 0.9,
    borderRadius: 3,
    borderWidth: head.dataset.drawn === "line" ? 2 : 0,
    categoryPercentage: 0.75,
    cubicInterpolationMode: "monotone",
    maxBarThickness: 36,
    pointHitRadius: 12,
    pointHoverRadius: 5,
    pointRadius: rows.length > 40 ? 0 : 2.5,
  };
}

function axes(figure, isTime) {
  const isAcross = "across" in figure.dataset;
  const unit = figure.dataset.unit ?? "";
  const counts = { beginAtZero: true, border: { display: false }, grid: {}, ticks: { maxTicksLimit: 6, precision: 0 } };
  if (unit) counts.ticks.callback = (value) => `${value} ${unit}`;
  const names = { grid: { display: false }, ticks: { autoSkip: isTime, autoSkipPadding: 16, maxRotation: isTime ? 0 : 50 } };
  return isAcross ? { x: counts, y: names } : { x: names, y: counts };
}

function options(figure, { rows, series }) {
  const axis = "across" in figure.dataset ? "y" : "x";
  const cellOf = (index, number) => rows[index].cells[series[number].column];
  // Of what is pointed at; beside it of the first that has that place.
  const linkAt = (event, hits, chart) => {
    const [hit] = [...chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false), ...hits];
    return hit && cellOf(hit.index, hit.datasetIndex).querySelector("a");
  };
  return {
    indexAxis: axis,
    interaction: { axis, intersect: false, mode: "index" },
    locale: "en",
    maintainAspectRatio: false,
    onClick: (event, hits, chart) => {
      const link = linkAt(event, hits, chart);
      if (link) location.assign(link.href);
    },
    onHover: (event, hits, chart) => {
      chart.canvas.style.cursor = linkAt(event, hits, chart) ? "pointer" : "";
    },
    plugins: {
      legend: { align: "start", display: series.length > 1, labels: { boxHeight: 7, boxWidth: 7, usePointStyle: true } },
      tooltip: {
        callbacks: {
          label: (item) => ` ${item.dataset.label}: ${cellOf(item.dataIndex, item.datasetIndex).textContent.trim()}`,
          title: ([item]) => rows[item.dataIndex].cells[0].textContent.trim(),
        },
        borderWidth: 1,
        boxHeight: 7,
        boxWidth: 7,
        padding: 10,
        usePointStyle: true,
      },
    },
    scales: axes(figure, series.some(({ head }) => head.dataset.drawn === "line")),
  };
}

function paint({ datasets, series, scales, plugins }, scheme) {
  const colours = palette(scheme);
  datasets.forEach((each, number) => {
    const tone = "quiet" in series[number].head.dataset ? colours.field : colours.accent;
    Object.assign(each, { backgroundColor: tone, borderColor: tone, pointBackgroundColor: tone });
  });
  for (const scale of Object.values(scales)) {
    scale.ticks.color = colours.muted;
    scale.grid.color = colours.hairline;
  }
  plugins.legend.labels.color = colours.ink;
  Object.assign(plugins.tooltip, {
    backgroundColor: colours.card,
    bodyColor: colours.ink,
    borderColor: colours.field,
    titleColor: colours.ink,
  });
}

function draw(figure, { animation, scheme }) {
  const content = read(figure.querySelector("table"));
  const { series, labels } = content;
  const datasets = series.map((each) => dataset(each, content.rows));
  const given = { animation, ...options(figure, content) };
  paint({ datasets, series, ...given }, scheme);
  const data = { labels, datasets };
  charts.set(figure, new Chart(figure.querySelector("canvas"), { type: "bar", data, options: given }));
  figure.dataset.chart = "drawn";
}

// Anew, not updated: Chart.js keeps colours of bars and points that it has shown.
function redraw(scheme) {
  for (const [figure, chart] of charts) {
    chart.destroy();
    draw(figure, { animation: false, scheme });
  }
}

function start() {
  const figures = [...document.querySelectorAll("[data-chart]")];
  if (typeof Chart === "undefined") {
    for (const figure of figures) figure.querySelector(".chart-box").hidden = true;
    return;
  }
  const style = getComputedStyle(document.body);
  Chart.defaults.font.family = style.fontFamily;
  Chart.defaults.font.size = 12;
  for (const figure of figures) {
    figure.querySelector("details").open = false;
    draw(figure, { animation: still.matches ? false : { duration: 300 } });
  }
  new MutationObserver(() => redraw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", () => redraw());
  addEventListener("beforeprint", () => redraw("light"));
  addEventListener("afterprint", () => redraw());
  document.fonts.ready.then(() => redraw()); // measured anew in Inter
}

start();
