// Curves of one quantity: fetched on a common grid, smoothed, and drawn by uPlot.

const tip = document.getElementById('tip');

const colours = new Map();

/** The colour of a run: those that come first lie far apart on the wheel. */
export function colour(name) {
  if (!colours.has(name)) {
    const i = colours.size;
    colours.set(name, `hsl(${(205 + i * 137.508) % 360} ${62 - (i % 3) * 8}% ${46 + (i % 2) * 8}%)`);
  }
  return colours.get(name);
}

/** Reads what `/api/curves` sends. */
export async function fetchCurves(query) {
  const answer = await fetch('/api/curves?' + new URLSearchParams(query));
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const x = new Float64Array(bytes, 4 + length, header.points);
  const at = 4 + length + 8 * header.points;
  const curves = new Map();
  header.runs.forEach((name, i) =>
    curves.set(name, new Float32Array(bytes, at + 4 * header.points * i, header.points)));
  return {x, curves};
}

/** An exponential moving average without the bias of its beginning; gaps stay gaps. */
function smoothed(values, weight) {
  const result = new Array(values.length);
  let sum = 0;
  let norm = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      result[i] = null;
    } else if (weight === 0) {
      result[i] = value;
    } else {
      sum = weight * sum + (1 - weight) * value;
      norm = weight * norm + (1 - weight);
      result[i] = sum / norm;
    }
  }
  return result;
}

function number(value) {
  if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6)) {
    return String(Number(value.toPrecision(5)));
  }
  return value.toExponential(3);
}

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A card with a chart of one quantity. */
export class Chart {
  constructor(metric, card) {
    this.metric = metric;
    this.element = card;
    this.element.dataset.metric = metric;
    const title = document.createElement('h2');
    title.textContent = metric.replaceAll('_', ' ');
    this.place = document.createElement('div');
    this.place.className = 'plot';
    this.element.append(title, this.place);
    this.visible = false;
    this.wanted = 0;
  }

  /** Fetches and draws; `settings` are those of the page, `runs` the names to show, or null for all. */
  async show(settings, runs) {
    const turn = ++this.wanted;
    const query = {metric: this.metric, x: settings.x, points: runs && runs.length <= 12 ? 800 : 300};
    if (runs) {
      query.runs = runs.join('\n');
    }
    if (settings.logx) {
      query.log = 1;
    }
    if (this.range) {
      [query.from, query.to] = this.range;
    }
    const data = await fetchCurves(query);
    if (turn === this.wanted) {
      this.data = data;
      this.draw(settings);
    }
  }

  draw(settings) {
    if (!this.data) {
      return;
    }
    const begun = performance.now();
    const names = [...this.data.curves.keys()];
    const rows = [this.data.x];
    for (const values of this.data.curves.values()) {
      let row = smoothed(values, settings.smoothing);
      if (settings.logy) {
        row = row.map(value => (value > 0 ? value : null));
      }
      rows.push(row);
    }
    const key = JSON.stringify([names, settings.logx, settings.logy, settings.x, settings.dark]);
    if (this.plot && this.key === key) {
      this.plot.setData(rows);
    } else {
      this.key = key;
      this.plot?.destroy();
      this.names = names;
      this.plot = new uPlot(this.options(names, settings), rows, this.place);
    }
    this.element.dataset.curves = names.length;
    this.drawing = performance.now() - begun;
  }

  options(names, settings) {
    const ink = style('--quiet');
    const axis = {stroke: ink, grid: {stroke: style('--line'), width: 1}, ticks: {show: false},
      font: '11px system-ui, sans-serif'};
    const many = names.length > 60;
    return {
      width: this.place.clientWidth,
      height: 250,
      legend: {show: false},
      cursor: {
        points: {show: false},
        drag: {x: true, y: false, setScale: false},
        focus: {prox: -1},
        y: false,
      },
      scales: {
        x: {time: false, distr: settings.logx ? 3 : 1},
        y: {distr: settings.logy ? 3 : 1},
      },
      axes: [
        {...axis, size: 28},
        {...axis, size: 58, values: (plot, splits) =>
          splits.map(split => split === null ? '' : number(split))},
      ],
      series: [{}, ...names.map(name => ({
        label: name,
        stroke: colour(name),
        width: many ? 0.8 : 1.6,
        alpha: many ? 0.55 : 1,
        spanGaps: true,
        pxAlign: 0,
        points: many ? {show: false} : {size: 4, show: (plot, series, from, to) =>
          this.pointsOf(plot, series) <= 40},
      }))],
      hooks: {
        setCursor: [plot => this.hover(plot)],
        setSelect: [plot => this.select(plot)],
      },
    };
  }

  pointsOf(plot, series) {
    let count = 0;
    for (const value of plot.data[series]) {
      count += value === null ? 0 : 1;
    }
    return count;
  }

  /** Says which curve is nearest to the cursor. */
  hover(plot) {
    const {left, top, idx} = plot.cursor;
    if (idx === null || idx === undefined || left < 0) {
      tip.hidden = true;
      return;
    }
    let best = null;
    for (let i = 1; i < plot.data.length; i++) {
      let at = idx;
      for (let away = 0; away < 40 && plot.data[i][at] === null; away++) {
        at = idx + (away % 2 ? 1 : -1) * ((away >> 1) + 1);
      }
      const value = plot.data[i][at];
      if (value === null || value === undefined) {
        continue;
      }
      const far = Math.abs(plot.valToPos(value, 'y') - top);
      if (!best || far < best.far) {
        best = {far, name: this.names[i - 1], value, x: plot.data[0][at]};
      }
    }
    tip.hidden = !best;
    if (best) {
      const name = document.createElement('b');
      name.textContent = best.name;
      name.style.color = colour(best.name);
      tip.replaceChildren(name, `${number(best.value)} at ${number(best.x)}`);
      const box = plot.over.getBoundingClientRect();
      tip.style.left = Math.min(box.left + left + 14, innerWidth - 350) + 'px';
      tip.style.top = box.top + top + 14 + 'px';
    }
  }

  /** Looks closer at what was dragged over; a double click looks at all again. */
  select(plot) {
    if (plot.select.width < 4) {
      return;
    }
    this.range = [plot.posToVal(plot.select.left, 'x'),
      plot.posToVal(plot.select.left + plot.select.width, 'x')];
    plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
    this.element.dispatchEvent(new CustomEvent('again', {bubbles: true}));
  }

  whole() {
    if (this.range) {
      this.range = null;
      this.element.dispatchEvent(new CustomEvent('again', {bubbles: true}));
    }
  }

  resize() {
    this.plot?.setSize({width: this.place.clientWidth, height: 250});
  }
}
