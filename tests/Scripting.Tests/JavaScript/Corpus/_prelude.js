// Shown values are compared as text between the engines, so this tells apart everything that scripts can tell apart.
const show = (() => {
  const nameOf = o => { const p = Object.getPrototypeOf(o); return p === null ? 'null' : (Object.prototype.hasOwnProperty.call(p, 'constructor') && typeof p.constructor === 'function' ? p.constructor.name : '?'); };
  const key = k => typeof k === 'symbol' ? '[' + String(k) + ']' : /^[A-Za-z_$][\w$]*$/.test(k) ? k : JSON.stringify(k);
  const text = (v, seen) => {
    if (typeof v === 'string') return JSON.stringify(v);
    if (typeof v === 'bigint') return v + 'n';
    if (typeof v === 'number') return Object.is(v, -0) ? '-0' : String(v);
    if (typeof v === 'symbol') return String(v);
    if (typeof v === 'function') return '[' + (/^class\b/.test(Function.prototype.toString.call(v)) ? 'class ' : 'function ') + v.name + '/' + v.length + ']';
    if (v === null || typeof v !== 'object') return String(v);
    if (seen.includes(v)) return '<' + (seen.length - seen.indexOf(v)) + '>';
    const inner = [...seen, v];
    if (v instanceof Error) return nameOf(v) + '(' + text(v.message, inner) + ('cause' in v ? ', cause ' + text(v.cause, inner) : '') + ('errors' in v ? ', ' + text(v.errors, inner) : '') + ')';
    if (v instanceof Date) return 'Date(' + (isNaN(v) ? 'invalid' : v.toISOString()) + ')';
    if (v instanceof RegExp) return String(v) + '@' + v.lastIndex;
    if (v instanceof Map) return 'Map{' + [...v].map(([k, x]) => text(k, inner) + '=>' + text(x, inner)).join(', ') + '}';
    if (v instanceof Set) return 'Set{' + [...v].map(x => text(x, inner)).join(', ') + '}';
    if (v instanceof Promise) return 'Promise';
    if (ArrayBuffer.isView(v) && !(v instanceof DataView)) return nameOf(v) + '[' + Array.from(v, x => text(x, inner)).join(', ') + ']';
    const parts = [];
    let list = '';
    if (Array.isArray(v)) {
      for (let i = 0; i < v.length && i < 200; i++) parts.push(i in v ? text(v[i], inner) : '-');
      if (v.length > 200) parts.push('...' + v.length);
      list = nameOf(v) === 'Array' ? '' : nameOf(v);
    } else if (nameOf(v) !== 'Object') list = nameOf(v) + ' ';
    for (const k of Reflect.ownKeys(v)) {
      if (Array.isArray(v) && (k === 'length' || typeof k === 'string' && /^\d+$/.test(k))) continue;
      const d = Object.getOwnPropertyDescriptor(v, k);
      const flags = (d.enumerable ? '' : '!') + (d.configurable ? '' : '#') + ('writable' in d && !d.writable ? '=' : '');
      parts.push(flags + key(k) + ': ' + ('value' in d ? text(d.value, inner) : '<' + (d.get ? 'get' : '') + (d.set ? 'set' : '') + '>'));
    }
    return Array.isArray(v) ? list + '[' + parts.join(', ') + ']' : list + '{' + parts.join(', ') + '}';
  };
  return (...values) => { emit(values.map(v => text(v, [])).join(' ')); };
})();
const attempt = f => { try { return f(); } catch (e) { return e instanceof Error ? '!' + e.name : e; } };
