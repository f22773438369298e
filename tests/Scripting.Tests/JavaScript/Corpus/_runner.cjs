// Runs every program of a JSON file (an array of texts) in a context of its own and prints what each one emitted.
const fs = require('fs');
const vm = require('vm');
(async () => {
  const programs = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  const results = [];
  process.on('unhandledRejection', () => {});
  for (const source of programs) {
    const lines = [];
    const context = vm.createContext({ emit: t => { lines.push(String(t)); }, structuredClone, atob, btoa, queueMicrotask });
    try {
      const value = new vm.Script(source).runInContext(context, { timeout: 5000 });
      await new Promise(r => setImmediate(r));
      if (value && typeof value.then === 'function') {
        await Promise.race([value, new Promise((_, reject) => setImmediate(() => setImmediate(() => reject({ name: 'NeverSettled' }))))]);
      }
      lines.push('=> ' + (value === undefined ? 'undefined' : typeof value === 'function' ? 'function' : JSON.stringify(value && typeof value.then === 'function' ? await value : value, (_, v) => typeof v === 'bigint' ? String(v) : v)));
    } catch (e) {
      lines.push('!! ' + (e && typeof e === 'object' && typeof e.name === 'string' ? e.name : String(e)));
    }
    results.push(lines.join('\n'));
  }
  fs.writeFileSync(process.argv[3], JSON.stringify(results));
})();
