// The smallest thing that makes building elements in code readable: h('button', { class: 'x', onclick: f }, 'Text').

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
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
