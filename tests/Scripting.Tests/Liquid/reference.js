// Renders every snippet of a JSON file of { data, snippets } with LiquidJS and writes [kind, text, line, column] for each one.
'use strict';
const fs = require('fs');
const { Liquid } = require('liquidjs');

const input = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const engine = new Liquid({ templates: input.templates });
const results = [];
for (const snippet of input.snippets) {
  let parsed;
  try {
    parsed = engine.parse(snippet);
  } catch (error) {
    const [line, column] = error.token ? error.token.getPosition() : [0, 0];
    results.push(['syntax', error.message, line, column]);
    continue;
  }
  try {
    results.push(['text', engine.renderSync(parsed, JSON.parse(JSON.stringify(input.data))), 0, 0]);
  } catch (error) {
    const [line, column] = error.token ? error.token.getPosition() : [0, 0];
    results.push(['error', error.message, line, column]);
  }
}
// Half of a surrogate pair is no JSON text for every reader.
for (const result of results) result[1] = Buffer.from(result[1], 'utf16le').toString('base64');
fs.writeFileSync(process.argv[3], JSON.stringify(results));
