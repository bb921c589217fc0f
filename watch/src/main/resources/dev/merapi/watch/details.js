// One run, and several side by side. Everything from files goes into text nodes.

function element(kind, text, className) {
  const made = document.createElement(kind);
  if (text !== undefined) {
    made.textContent = text;
  }
  if (className) {
    made.className = className;
  }
  return made;
}

export async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.json();
}

function card(title, ...content) {
  const made = element('section', undefined, 'card wide');
  made.append(element('h2', title), ...content);
  return made;
}

/** A table of keys and, for each run, a value; rows in which runs differ are marked. */
function table(head, keys, value) {
  const made = element('table');
  if (head.length > 1) {
    const row = element('tr');
    row.append(element('th', ''), ...head.map(name => element('th', name)));
    const top = element('thead');
    top.append(row);
    made.append(top);
  }
  const body = element('tbody');
  for (const key of keys) {
    const values = head.map((_, i) => value(i, key) ?? '–');
    const row = element('tr');
    row.className = new Set(values).size > 1 ? 'differs' : '';
    row.append(element('th', key), ...values.map(each => element('td', each)));
    body.append(row);
  }
  made.append(body);
  return made;
}

function union(runs, part) {
  const keys = new Set();
  runs.forEach(run => Object.keys(run[part]).forEach(key => keys.add(key)));
  return [...keys];
}

function short(value) {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}

/** Recipes, results and surroundings of some runs side by side. */
export async function compare(names, view) {
  if (names.length < 2) {
    view.replaceChildren(element('p', 'Tick two or more runs on the left.', 'empty'));
    return;
  }
  const runs = await Promise.all(names.map(name => json('/api/run?' + new URLSearchParams({run: name}))));
  const grid = element('div', undefined, 'grid');
  const differing = (part, keys) =>
    keys.filter(key => new Set(runs.map(run => JSON.stringify(run[part][key]))).size > 1);
  const settings = union(runs, 'settings');
  const different = differing('settings', settings);
  grid.append(
    card('Recipe', table(names, [...different, ...settings.filter(key => !different.includes(key))],
      (i, key) => runs[i].settings[key])),
    card('Last values', table(names, union(runs, 'measured'),
      (i, key) => short(runs[i].measured[key]?.last))),
    card('Made with', table(names, union(runs, 'environment'), (i, key) => runs[i].environment[key])));
  view.replaceChildren(grid);
}

function picture(run, file) {
  const image = element('img');
  image.src = '/api/picture?' + new URLSearchParams({run, file});
  image.alt = file;
  image.loading = 'lazy';
  return card(file, image);
}

/** One array's histograms over the epochs: a column each, the darker the more values. */
function heat(lines) {
  const figure = element('figure');
  const canvas = element('canvas', undefined, 'heat');
  const low = Math.min(...lines.map(line => line.low));
  const high = Math.max(...lines.map(line => line.high));
  const bins = 64;
  canvas.width = lines.length;
  canvas.height = bins;
  const paint = canvas.getContext('2d');
  lines.forEach((line, column) => {
    const heights = new Float64Array(bins);
    const width = (line.high - line.low) / line.counts.length;
    line.counts.forEach((count, i) => {
      const value = line.low + (i + 0.5) * width;
      const at = high > low ? Math.floor((value - low) / (high - low) * bins) : bins / 2;
      heights[Math.min(bins - 1, at)] += count;
    });
    const most = Math.max(...heights, 1);
    heights.forEach((count, i) => {
      paint.fillStyle = `hsl(205 70% 45% / ${Math.sqrt(count / most)})`;
      paint.fillRect(column, bins - 1 - i, 1, 1);
    });
  });
  const last = lines.at(-1);
  figure.append(canvas, element('figcaption',
    `${last.name}  ${low.toPrecision(3)} … ${high.toPrecision(3)}`));
  return figure;
}

async function histograms(name, grid) {
  const answer = await fetch('/api/histograms?' + new URLSearchParams({run: name}));
  if (!answer.ok) {
    return;
  }
  const kinds = new Map();
  for (const text of (await answer.text()).split('\n')) {
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      continue; // torn, or being written
    }
    if (!Array.isArray(line.counts) || !Number.isFinite(line.low) || !Number.isFinite(line.high)) {
      continue;
    }
    const arrays = kinds.get(line.kind) ?? new Map();
    kinds.set(line.kind, arrays);
    arrays.set(line.name, [...(arrays.get(line.name) ?? []), line]);
  }
  for (const [kind, arrays] of kinds) {
    const heats = element('div', undefined, 'heats');
    heats.append(...[...arrays.values()].map(heat));
    grid.append(card(`${kind}s, epoch by epoch`, heats));
  }
}

/** Everything about one run; returns where its charts are to stand. */
export async function details(name, view) {
  const run = await json('/api/run?' + new URLSearchParams({run: name}));
  const grid = element('div', undefined, 'grid');
  const charts = element('div', undefined, 'grid');
  const facts = {state: run.state || run.kind, recipe: run.settings.name ?? '',
    started: run.started, tags: run.tags.join(' ')};
  grid.append(card(run.name, table([run.name], Object.keys(facts), (i, key) => facts[key] || '–')));
  const more = element('div', undefined, 'grid');
  more.append(...run.pictures.map(file => picture(name, file)));
  if (run.profile) {
    more.append(card('Kernels', element('pre', run.profile)));
  }
  if (run.histograms) {
    await histograms(name, more);
  }
  more.append(
    card('Measured', measured(run)),
    card('Recipe', element('pre', run.recipe)),
    card('Made with', table([run.name], Object.keys(run.environment), (i, key) => run.environment[key])));
  grid.style.marginBottom = charts.style.marginBottom = '18px';
  view.replaceChildren(grid, charts, more);
  return {charts, metrics: Object.keys(run.measured)};
}

function measured(run) {
  const made = element('table');
  const head = element('tr');
  head.append(...['', 'last', 'least', 'most', 'values'].map(text => element('th', text)));
  made.append(head);
  for (const [key, values] of Object.entries(run.measured)) {
    const row = element('tr');
    row.append(element('th', key),
      ...[values.last, values.min, values.max, values.count].map(value => element('td', short(value))));
    made.append(row);
  }
  return made;
}
