// The page: the list of runs, what is chosen in it, and the views.

import {Chart, colour} from '/charts.js';
import {compare, details, json} from '/details.js';

const $ = id => document.getElementById(id);
const view = $('view');
const state = {runs: [], revisions: new Map(), chosen: new Set(), rows: new Map(), charts: [], shown: ''};

/** First what one looks at first. */
const ORDER = ['train_loss', 'val_loss', 'test_loss', 'batch_loss'];
const NO_CURVES = new Set(['epoch', 'seconds']);

function settings() {
  return {
    smoothing: Number($('smoothing').value),
    logx: $('logx').checked,
    logy: $('logy').checked,
    x: $('x').value,
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
  };
}

function matching() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  return state.runs.filter(run => words.every(word => run.text.includes(word)));
}

/** The runs whose curves are shown: those that are ticked, or all that match. */
function wanted() {
  const found = matching();
  const ticked = found.filter(run => state.chosen.has(run.name));
  return ticked.length ? ticked : found;
}

function short(value) {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : '';
}

function about(run) {
  const parts = [run.recipe];
  for (const name of ['val_loss', 'train_loss', 'test_accuracy']) {
    if (name in run.last) {
      parts.push(`${name.replace('_', ' ')} ${short(run.last[name])}`);
    }
  }
  parts.push(`${run.steps} steps`, ...run.tags.map(tag => '#' + tag));
  return parts.filter(Boolean).join(' · ');
}

function row(run) {
  const item = document.createElement('li');
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.setAttribute('aria-label', 'Show ' + run.name);
  box.checked = state.chosen.has(run.name);
  box.style.setProperty('--swatch', colour(run.name));
  box.addEventListener('change', () => {
    if (box.checked) {
      state.chosen.add(run.name);
    } else {
      state.chosen.delete(run.name);
    }
    show();
  });
  const link = document.createElement('a');
  link.href = '#/run/' + encodeURIComponent(run.name);
  link.textContent = run.name;
  link.title = run.name;
  const how = document.createElement('span');
  const small = document.createElement('small');
  item.append(box, link, how, small);
  return {item, how, small};
}

function fill(parts, run) {
  parts.how.textContent = run.state || run.kind;
  parts.how.className = 'state ' + run.state.split(' ')[0];
  parts.small.textContent = about(run);
}

function list() {
  const found = matching();
  const items = [];
  for (const run of found) {
    let parts = state.rows.get(run.name);
    if (!parts) {
      parts = row(run);
      state.rows.set(run.name, parts);
    }
    if (parts.revision !== run.revision) {
      parts.revision = run.revision;
      fill(parts, run);
    }
    items.push(parts.item);
  }
  if (items.length !== $('runs').childElementCount || items.some((item, i) => $('runs').children[i] !== item)) {
    $('runs').replaceChildren(...items);
  }
  const running = found.filter(run => run.state === 'running').length;
  const unread = found.filter(run => !run.whole).length;
  $('count').textContent = `${found.length} of ${state.runs.length} runs`
    + (running ? `, ${running} running` : '')
    + (unread ? `, ${unread} being read` : '');
}

// ---- views

const visible = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const chart = state.charts.find(each => each.element === entry.target);
    if (chart) {
      chart.visible = entry.isIntersecting;
      if (chart.visible && chart.stale) {
        refresh(chart);
      }
    }
  }
}, {root: view, rootMargin: '200px'});

async function refresh(chart) {
  chart.stale = false;
  const runs = state.only ? [state.only] : wanted().map(run => run.name);
  try {
    await chart.show(settings(), runs.length === state.runs.length ? null : runs);
  } catch (error) {
    $('hint').textContent = error.message;
  }
}

function refreshAll() {
  for (const chart of state.charts) {
    chart.stale = true;
    if (chart.visible) {
      refresh(chart);
    }
  }
}

function order(names) {
  const rank = name => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...names].filter(name => !NO_CURVES.has(name))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function layCharts(place, metrics) {
  state.charts.forEach(chart => visible.unobserve(chart.element));
  state.charts = order(metrics).map(metric => {
    const card = document.createElement('section');
    card.className = 'card';
    const chart = new Chart(metric, card);
    chart.stale = true;
    card.addEventListener('again', () => refresh(chart));
    card.addEventListener('dblclick', () => chart.whole());
    return chart;
  });
  place.replaceChildren(...state.charts.map(chart => chart.element));
  state.charts.forEach(chart => visible.observe(chart.element));
}

function metricsOf(runs) {
  const names = new Set();
  runs.forEach(run => Object.keys(run.last).forEach(name => names.add(name)));
  return names;
}

async function show() {
  const [, kind = '', name = ''] = location.hash.split('/');
  const runs = wanted();
  const metrics = order(metricsOf(runs));
  document.querySelectorAll('nav a').forEach(link =>
    link.classList.toggle('here', link.dataset.view === (kind === 'compare' ? 'compare' : kind ? '' : 'curves')));
  $('controls').hidden = kind === 'compare';
  $('hint').textContent = '';
  try {
    if (kind === 'run') {
      state.only = decodeURIComponent(name);
      if (state.shown !== location.hash) {
        state.shown = location.hash;
        const laid = await details(state.only, view);
        layCharts(laid.charts, laid.metrics);
      }
    } else if (kind === 'compare') {
      state.only = null;
      state.charts = [];
      state.shown = location.hash;
      await compare([...state.chosen].filter(each => state.revisions.has(each)), view);
    } else {
      state.only = null;
      const key = '#/' + metrics.join('\n');
      if (!metrics.length) {
        state.shown = '';
        state.charts = [];
        const empty = document.createElement('p');
        empty.className = 'empty';
        empty.textContent = 'No run here has measured anything yet. ./merapi train digits makes one.';
        view.replaceChildren(empty);
      } else if (state.shown !== key) {
        state.shown = key;
        const grid = document.createElement('div');
        grid.className = 'grid';
        view.replaceChildren(grid);
        layCharts(grid, metrics);
      } else {
        refreshAll();
      }
    }
  } catch (error) {
    state.shown = '';
    const said = document.createElement('p');
    said.className = 'empty';
    said.textContent = error.message;
    view.replaceChildren(said);
  }
}

// ---- what changes

/** Asks what there is; a second later again, or longer, where drawing takes long. */
async function poll() {
  try {
    const {folder, runs} = await json('/api/runs');
    $('folder').textContent = folder;
    const changed = runs.length !== state.runs.length
      || runs.some(run => state.revisions.get(run.name) !== run.revision);
    if (changed) {
      for (const run of runs) {
        run.text = [run.name, run.recipe, run.state, ...run.tags].join(' ').toLowerCase();
      }
      state.runs = runs;
      state.revisions = new Map(runs.map(run => [run.name, run.revision]));
      list();
      await redraw();
    }
    if (!document.body.dataset.loaded) {
      document.body.dataset.loaded = 'yes';
      if (!changed) {
        await show(); // nothing there yet
      }
    }
  } catch (error) {
    $('count').textContent = 'The server is gone: ' + error.message;
  }
  const drawing = state.charts.reduce((sum, chart) => sum + (chart.visible ? chart.drawing ?? 0 : 0), 0);
  setTimeout(poll, Math.max(1000, 5 * drawing));
}

async function redraw() {
  const kind = location.hash.split('/')[1] ?? '';
  if (kind === 'run' && state.shown === location.hash) {
    refreshAll();
  } else if (kind !== 'compare' || !state.shown) {
    await show();
  }
}

function redrawSettings() {
  $('smoothed').textContent = $('smoothing').value;
  state.charts.forEach(chart => chart.visible ? chart.draw(settings()) : (chart.stale = true));
}

$('smoothing').addEventListener('input', redrawSettings);
$('logy').addEventListener('change', redrawSettings);
$('logx').addEventListener('change', refreshAll);
$('x').addEventListener('change', refreshAll);
$('search').addEventListener('input', () => {
  list();
  show();
});
$('controls').addEventListener('submit', event => event.preventDefault());
addEventListener('hashchange', show);
addEventListener('resize', () => state.charts.forEach(chart => chart.resize()));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawSettings);
poll();
