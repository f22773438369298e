// A table of things: columns, a link per row, actions per row, and rows that can be chosen.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { t } from '../shell/strings.js';
import { isBusy, redraw } from './redraw.js';

/**
 * columns: { label, cell(item), under(item), number, wide, minor }. under: what stands in the cell outside of its link. A minor column is left out on narrow screens. link(item): where a row
 * leads. menu(item): choices as for menuButton. key(item): what tells items apart. choose: called with the chosen keys.
 */
export function table({ columns, link, menu, key = item => item.id, choose, label }) {
  const chosen = new Set();
  const body = h('tbody');
  const all = choose && h('input', { type: 'checkbox', class: 'pf-check', 'aria-label': t('table.all'), onchange: () => chooseAll(all.checked) });
  const element = h('div', { class: 'pf-table-holder', tabindex: '0', role: 'region', 'aria-label': label },
    h('table', { class: 'pf-table' },
      h('thead', null, h('tr', { class: 'pf-table-head' },
        choose && h('th', { class: 'pf-cell pf-cell-check', scope: 'col' }, all),
        columns.map(column => h('th', { class: classesOf(column), scope: 'col' }, column.label)),
        menu && h('th', { class: 'pf-cell pf-cell-menu', scope: 'col' }, h('span', { class: 'pf-hidden' }, t('table.actions'))))),
      body));
  let items = [];

  function draw(next) {
    items = next;
    const there = new Set(items.map(key));
    for (const one of chosen) if (!there.has(one)) chosen.delete(one);
    // Rows are drawn when a menu in them is closed again: at the next turn, or by its own action.
    if (!isBusy(body)) redraw(body, ...items.map(row));
    told();
  }

  function row(item) {
    const target = link?.(item);
    return h('tr', { class: target ? 'pf-row pf-row-link' : 'pf-row', 'data-key': key(item), onclick: target && (event => follow(event)) },
      choose && h('td', { class: 'pf-cell pf-cell-check' }, h('input', { type: 'checkbox', class: 'pf-check', 'aria-label': t('table.choose'), checked: chosen.has(key(item)), onchange: event => choosing(item, event.target.checked) })),
      columns.map((column, index) => {
        const content = column.cell(item);
        return h('td', { class: classesOf(column) }, index === 0 && target ? h('a', { class: 'pf-row-target', href: target }, content) : content, column.under?.(item));
      }),
      menu && h('td', { class: 'pf-cell pf-cell-menu' }, menuOf(item)));
  }

  function menuOf(item) {
    const choices = menu(item).filter(choice => choice !== false && choice !== undefined);
    if (choices.length === 0) return null;
    return menuButton(h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('table.actions') }, icon('more')), () => choices);
  }

  // A click anywhere in the row is a click on its link; text that is being selected is not a click.
  function follow(event) {
    if (event.target.closest('a, button, input, label, .pf-menu') || getSelection().toString()) return;
    event.currentTarget.querySelector('.pf-row-target').click();
  }

  function choosing(item, on) {
    if (on) chosen.add(key(item));
    else chosen.delete(key(item));
    told();
  }

  function chooseAll(on) {
    chosen.clear();
    if (on) items.forEach(item => chosen.add(key(item)));
    draw(items);
  }

  function told() {
    if (!choose) return;
    all.checked = items.length > 0 && chosen.size === items.length;
    all.indeterminate = chosen.size > 0 && chosen.size < items.length;
    choose([...chosen]);
  }

  return { element, draw, clear: () => chooseAll(false) };
}

const classesOf = ({ number, wide, minor }) => `pf-cell${number ? ' pf-cell-number' : ''}${wide ? ' pf-cell-wide' : ''}${minor ? ' pf-cell-minor' : ''}`;
