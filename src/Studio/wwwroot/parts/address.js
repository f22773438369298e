// What one looks at stands in the address: filters, the page of a list, what is open.
import { goTo } from '../shell/elsa.js';

/**
 * The state of a page with its defaults, read from the query. set() writes the address without a new entry in the history;
 * what equals its default is left out of it.
 */
export function addressState(defaults, changed) {
  const read = () => {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(Object.entries(defaults).map(([name, value]) => {
      const given = query.get(name);
      return [name, given === null ? value : typeof value === 'number' ? Number(given) || value : given];
    }));
  };
  let values = read();
  return {
    get values() { return values; },
    set(part) {
      values = { ...values, ...part };
      const address = new URL(location.href);
      for (const [name, value] of Object.entries(values)) {
        if (value === defaults[name] || value === null || value === '') address.searchParams.delete(name);
        else address.searchParams.set(name, value);
      }
      if (address.href !== location.href) goTo(address.href, true);
      return changed?.(values);
    },
  };
}
