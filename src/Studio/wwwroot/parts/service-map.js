// The map: services in layers, what needs others at the left of what it needs. Nodes are links, so that the keyboard, the
// pointer and readers of the screen treat them as such; the lines between them are drawn.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { sparkline } from './chart.js';
import { s } from './drawn.js';
import { healthKind, pathOfService, responseTime, statusOf } from './services.js';

const node = { least: 160, most: 216, height: 58 };
const gap = { least: 40, most: 72, y: 14 };
const bendHeight = 10;
const sweeps = 4;

/** An element and draw(services); the nodes stay the same elements while the services are the same, so that focus stays too. */
export function serviceMap() {
  const lines = s('svg', { class: 'pf-map-lines', 'aria-hidden': 'true' });
  const nodes = h('div', { class: 'pf-map-nodes' });
  const inner = h('div', { class: 'pf-map-inner' }, lines, nodes);
  const element = h('div', { class: 'pf-map', role: 'region', 'aria-label': t('serviceMap.label'), tabindex: '0' }, inner);
  let shape = null;
  let known = new Map();
  let links = new Map();
  let room = 0;

  function draw(services) {
    known = new Map(services.map(service => [service.name, service]));
    const width = Math.max(element.clientWidth - 8, node.least);
    const wanted = JSON.stringify([Math.round(width / 20), services.map(service => [service.name, service.dependencies])]);
    if (wanted !== shape) {
      shape = wanted;
      build(services, width);
    }
    for (const [name, link] of links) fill(link, known.get(name));
    for (const line of lines.querySelectorAll('path[data-to]')) {
      const to = known.get(line.dataset.to);
      line.setAttribute('class', `pf-map-line pf-map-line-${to && (to.breaker.state === 'Open' || statusOf(to) === 'unhealthy') ? 'bad' : 'none'}`);
    }
  }

  function build(services, width) {
    const plan = layout(services, width);
    inner.style.width = `${plan.width}px`;
    inner.style.height = `${plan.height}px`;
    lines.setAttribute('width', plan.width);
    lines.setAttribute('height', plan.height);
    lines.replaceChildren(...plan.lines.map(line => s('path', { d: line.path, 'data-from': line.from, 'data-to': line.to, fill: 'none' })));
    const focused = document.activeElement?.dataset?.service;
    links = new Map();
    nodes.replaceChildren(...plan.nodes.map(({ name, x, y }) => {
      const link = h('a', { class: 'pf-map-node', href: addressOf(pathOfService(name)), 'data-service': name, style: `left:${x}px;top:${y}px;width:${plan.node}px;height:${node.height}px`, onpointerenter: () => light(name), onpointerleave: () => light(null), onfocus: () => light(name), onblur: () => light(null) });
      links.set(name, link);
      return link;
    }));
    if (focused) links.get(focused)?.focus();
  }

  // What the service needs and what needs it stays; the rest steps back.
  function light(name) {
    const near = name ? new Set([name, ...reach(name, 'dependencies'), ...reach(name, 'dependents')]) : null;
    for (const [other, link] of links) link.classList.toggle('pf-map-dim', near !== null && !near.has(other));
    for (const line of lines.children) line.classList.toggle('pf-map-dim', near !== null && !(near.has(line.dataset.from) && near.has(line.dataset.to)));
  }

  function reach(name, direction, seen = new Set()) {
    for (const next of known.get(name)?.[direction] ?? []) {
      const service = [...known.keys()].find(other => other.toLowerCase() === next.toLowerCase());
      if (!service || seen.has(service)) continue;
      seen.add(service);
      reach(service, direction, seen);
    }
    return seen;
  }

  new ResizeObserver(() => {
    if (Math.abs(element.clientWidth - room) < 40 || known.size === 0) return;
    room = element.clientWidth;
    draw([...known.values()]);
  }).observe(element);

  return { element, draw };
}

function fill(link, service) {
  const status = statusOf(service);
  const { process, breaker, health } = service;
  const state = breaker.state !== 'Closed' ? t('serviceMap.breaker', t(`breaker.${breaker.state}`).toLowerCase())
    : process && process.state !== 'Running' ? t(`process.${process.state}`)
    : responseTime(health);
  const troubled = breaker.state === 'Open' || ['Failed', 'Quarantined'].includes(process?.state);
  link.className = `pf-map-node pf-map-node-${breaker.state === 'Open' ? 'bad' : healthKind(status)}${link.classList.contains('pf-map-dim') ? ' pf-map-dim' : ''}`;
  const values = (health?.sparkline ?? []).slice(-30).map(point => point.value);
  link.replaceChildren(
    h('span', { class: 'pf-map-name' }, h('span', { class: `pf-dot pf-dot-${healthKind(status)}` }), h('span', { class: 'pf-map-text' }, service.name), h('span', { class: 'pf-hidden' }, t(`status.${status}`))),
    h('span', { class: 'pf-map-state' }, troubled && icon('warning', 14), h('span', { class: `pf-map-text${troubled ? ' pf-map-bad' : ''}` }, state),
      values.length > 1 && sparkline(values, { width: 62, height: 20, kind: healthKind(status) === 'none' ? 'accent' : healthKind(status) }),
      service.dependencies.length > 0 && h('span', { class: 'pf-hidden' }, t('serviceMap.needs', service.dependencies.join(', ')))));
}

/** Where everything stands. Exported for what wants to know it without drawing. */
export function layout(services, width) {
  const names = new Map(services.map(service => [service.name.toLowerCase(), service.name]));
  const needs = new Map(services.map(service => [service.name, service.dependencies.map(name => names.get(name.toLowerCase())).filter(Boolean)]));
  const neededBy = new Map(services.map(service => [service.name, []]));
  for (const [name, needed] of needs) for (const one of needed) neededBy.get(one).push(name);
  const linked = services.map(service => service.name).filter(name => needs.get(name).length || neededBy.get(name).length);
  const alone = services.map(service => service.name).filter(name => !linked.includes(name));

  const layers = inLayers(linked, needs, neededBy);
  const chains = bend(layers, needs);
  untangle(layers, chains);
  const size = sizeFor(layers.length, width);
  const step = size.node + size.gap;
  const place = stack(layers, step);
  const tall = Math.max(0, ...layers.map(heightOf));
  const columns = Math.max(1, layers.length, Math.floor((width + size.gap) / step));
  const top = tall ? tall + 30 : 0;
  const nodes = linked.map(name => ({ name, ...place.get(name) }));
  for (const [index, name] of alone.entries())
    nodes.push({ name, x: index % columns * step, y: top + Math.floor(index / columns) * (node.height + gap.y) });
  const rows = Math.ceil(alone.length / columns);
  return {
    nodes,
    lines: chains.map(chain => ({ from: chain[0], to: chain.at(-1), path: pathThrough(chain.map(key => place.get(key)), size.node) })),
    node: size.node,
    width: Math.max(layers.length, Math.min(columns, alone.length)) * step - size.gap,
    height: Math.max(node.height, alone.length ? top + rows * (node.height + gap.y) - gap.y : tall),
  };
}

// The layers share the width that there is, between what can be read and what looks lost.
function sizeFor(layers, width) {
  const count = Math.max(layers, 1);
  const between = Math.min(gap.most, Math.max(gap.least, (width - count * node.most) / Math.max(count - 1, 1)));
  return { gap: between, node: Math.floor(Math.min(node.most, Math.max(node.least, (width - (count - 1) * between) / count))) };
}

// The layer of a service is the length of the longest way to it. The server refuses circles; one that is there nevertheless
// must not keep the page busy for ever.
function inLayers(names, needs, neededBy) {
  const depth = new Map();
  const depthOf = (name, trail) => {
    if (depth.has(name)) return depth.get(name);
    if (trail.has(name)) return 0;
    trail.add(name);
    const value = Math.max(-1, ...neededBy.get(name).map(one => depthOf(one, trail))) + 1;
    trail.delete(name);
    depth.set(name, value);
    return value;
  };
  const layers = [];
  for (const name of names) (layers[depthOf(name, new Set())] ??= []).push(name);
  return Array.from(layers, layer => (layer ?? []).sort((one, other) => one.localeCompare(other)));
}

// A line over more than one layer gets a place of its own in each layer between, so that it does not run through nodes.
function bend(layers, needs) {
  const layerOf = new Map(layers.flatMap((layer, index) => layer.map(name => [name, index])));
  const chains = [];
  for (const [name, needed] of needs) {
    for (const one of needed) {
      const chain = [name];
      for (let layer = layerOf.get(name) + 1; layer < layerOf.get(one); layer++) {
        const key = `${name}\n${one}\n${layer}`;
        layers[layer].push(key);
        chain.push(key);
      }
      chains.push([...chain, one]);
    }
  }
  return chains;
}

// Everything moves towards the middle of what it is joined to, forth and back, so that lines cross seldom.
function untangle(layers, chains) {
  const joined = new Map();
  for (const chain of chains) {
    for (let index = 1; index < chain.length; index++) {
      (joined.get(chain[index - 1]) ?? joined.set(chain[index - 1], []).get(chain[index - 1])).push(chain[index]);
      (joined.get(chain[index]) ?? joined.set(chain[index], []).get(chain[index])).push(chain[index - 1]);
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const order = sweep % 2 === 0 ? layers.keys() : [...layers.keys()].reverse();
    for (const index of order) {
      const at = new Map();
      for (const near of [layers[index - 1], layers[index + 1]]) near?.forEach((key, position) => at.set(key, position / Math.max(near.length - 1, 1)));
      const middle = new Map(layers[index].map((key, position) => {
        const places = (joined.get(key) ?? []).map(one => at.get(one)).filter(value => value !== undefined);
        return [key, places.length ? places.reduce((sum, value) => sum + value, 0) / places.length : position / Math.max(layers[index].length - 1, 1)];
      }));
      layers[index].sort((one, other) => middle.get(one) - middle.get(other));
    }
  }
}

const isBend = key => key.includes('\n');
const heightOf = layer => layer.reduce((sum, key) => sum + (isBend(key) ? bendHeight : node.height) + gap.y, -gap.y);

function stack(layers, step) {
  const tall = Math.max(0, ...layers.map(heightOf));
  const place = new Map();
  for (const [index, layer] of layers.entries()) {
    let y = (tall - heightOf(layer)) / 2;
    for (const key of layer) {
      place.set(key, { x: index * step, y, bend: isBend(key) });
      y += (isBend(key) ? bendHeight : node.height) + gap.y;
    }
  }
  return place;
}

function pathThrough(places, width) {
  const middle = place => place.y + (place.bend ? bendHeight : node.height) / 2;
  let path = `M${places[0].x + width} ${middle(places[0])}`;
  for (let index = 1; index < places.length; index++) {
    const from = { x: places[index - 1].x + width, y: middle(places[index - 1]) };
    const to = { x: places[index].x - (index === places.length - 1 ? 5 : 0), y: middle(places[index]) };
    const half = (to.x - from.x) / 2;
    path += `C${from.x + half} ${from.y} ${to.x - half} ${to.y} ${to.x} ${to.y}`;
    if (places[index].bend) path += `L${places[index].x + width} ${to.y}`;
  }
  const end = { x: places.at(-1).x, y: middle(places.at(-1)) };
  return `${path}M${end.x - 7} ${end.y - 4}L${end.x - 1} ${end.y}L${end.x - 7} ${end.y + 4}`;
}

define({
  'serviceMap.label': ['Map of services and what they need', '서비스와 의존 관계 지도'],
  'serviceMap.needs': ['Needs {0}.', '{0} 필요.'],
  'serviceMap.breaker': ['Breaker {0}', '차단기 {0}'],
});
