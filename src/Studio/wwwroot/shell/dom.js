// The smallest thing that makes building elements in code readable: h('button', { class: 'x', onclick: f }, 'Text').

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

// Drawn on a 20 x 20 grid with one stroke, so that they sit beside text at any size.
const paths = {
  workflow: 'M4.5 3.5h4v4h-4zM11.5 12.5h4v4h-4zM6.5 7.5v4a3 3 0 0 0 3 3h2',
  runs: 'M7 5.5l7 4.5-7 4.5z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M4.7 15.3l1-1M14.3 5.7l1-1',
  moon: 'M15.8 11.9A6.3 6.3 0 0 1 8.1 4.2a6.3 6.3 0 1 0 7.7 7.7z',
  screen: 'M3.5 4.5h13v8.5h-13zM7.5 16h5',
  panel: 'M3.5 4h13v12h-13zM8 4v12',
  chevron: 'M8 5.5l4.5 4.5L8 14.5',
  down: 'M5.5 8l4.5 4.5L14.5 8',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  warning: 'M10 3.5l7 12.5H3zM10 8.5v3.5M10 14.2v.1',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.2v4M10 6.6v.1',
  leave: 'M11.5 4h-7v12h7M8.5 10h8M13.5 7l3 3-3 3',
  back: 'M12 5.5L7.5 10l4.5 4.5',
  page: 'M5 3h7l3 3v11H5z',
  home: 'M3.5 9.5L10 4l6.5 5.5M5.5 8.5V16h9V8.5',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.7 12.7L16.5 16.5',
  more: 'M5 10v.1M10 10v.1M15 10v.1',
  queue: 'M4 5.5h12M4 10h12M4 14.5h7',
  schedule: 'M4 5h12v11.5H4zM4 8.5h12M7.5 3v3.5M12.5 3v3.5',
  letter: 'M3.5 5h13v10h-13zM3.5 5.5L10 11l6.5-5.5',
  service: 'M4 4.5h12v4.5H4zM4 11h12v4.5H4zM7 6.7v.1M7 13.2v.1',
  event: 'M11 3L5 11.5h4.5L9 17l6-8.5h-4.5z',
  alert: 'M10 3.5a4.5 4.5 0 0 0-4.5 4.5c0 4-1.5 5.5-1.5 5.5h12S14.5 12 14.5 8A4.5 4.5 0 0 0 10 3.5zM8.5 16.5h3',
  chart: 'M3.5 16.5h13M6 14V9.5M10 14V5M14 14V7.5',
  key: 'M7 8.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM9.3 9.5L15.5 3.5M12.5 6.5l2.5 2.5',
  lock: 'M5 9h10v7.5H5zM7 9V7a3 3 0 0 1 6 0v2',
  people: 'M8 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2.5 16.5c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5M13 4.3a3 3 0 0 1 0 5.4M14.5 12.3c1.7.6 2.7 2 3 4.2',
  history: 'M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3.5V7H7M10 6.5V10l2.5 2',
  settings: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM7 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  plus: 'M10 4.5v11M4.5 10h11',
  play: 'M6.5 4.5l9 5.5-9 5.5z',
  pause: 'M7 5v10M13 5v10',
  stop: 'M5.5 5.5h9v9h-9z',
  again: 'M16.5 10a6.5 6.5 0 1 1-2-4.7l2 1.7M16.5 3.5V7H13',
  copy: 'M7 7h9.5v9.5H7zM4.5 13h-1V3.5H13v1',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6',
  edit: 'M4 16l.8-3.5L13 4.3l2.7 2.7-8.2 8.2z',
  language: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3c-5 4.5-5 9.5 0 14M10 3c5 4.5 5 9.5 0 14',
  keyboard: 'M2.5 5.5h15v9h-15zM5.5 8.5v.1M8.5 8.5v.1M11.5 8.5v.1M14.5 8.5v.1M6.5 11.5h7',
};

export function icon(name, size = 20) {
  const holder = document.createElement('template');
  holder.innerHTML = `<svg class="pf-icon" width="${size}" height="${size}" viewBox="0 0 20 20" fill="none" stroke="currentColor"
    stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${paths[name] ?? paths.page}"/></svg>`;
  return holder.content.firstElementChild;
}

export function logo(size = 26) {
  return h('img', { src: 'icon.svg', width: size, height: size, alt: '', class: 'pf-logo' });
}
