// Restores node_modules from package-lock.json: `npm ci`, but at most one at a time and only when it is needed.
//
// Several builds may ask at the same moment (Server is built by every test project that references it), and two
// `npm ci` in one folder destroy each other. The first one takes the lock, the others wait and find the work done.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const lock = join(here, 'obj', 'install.lock');
// The stamp is a copy of the lock file: times would lie after a checkout, and Studio.targets can compare it without node.
const stamp = join(here, 'obj', 'install.stamp');
const proof = join(here, 'node_modules', '@elsa-workflows', 'elsa-studio-wasm', '_framework', 'dotnet.js');
const waitMax = 10 * 60_000;
const wanted = readFileSync(join(here, 'package-lock.json'), 'utf8');

const installed = () => existsSync(proof) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;

mkdirSync(dirname(lock), { recursive: true });
await takeLock();
let code = 0;
try {
  if (!installed()) code = npmCi();
  if (code === 0) writeFileSync(stamp, wanted);
} finally {
  rmSync(lock, { recursive: true, force: true });
}
process.exit(code);

async function takeLock() {
  const giveUpAt = Date.now() + waitMax;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (ownerIsGone()) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (Date.now() > giveUpAt) {
      console.error(`Another installation has held ${lock} for ten minutes. Delete that folder and build again.`);
      process.exit(1);
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

// A build that was killed leaves its lock behind; the process number in it tells.
function ownerIsGone() {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return lockIsOld();
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || (error.code === 'ENOENT' && lockIsOld());
  }
}

// Between making the folder and writing the number there is a moment without a number.
function lockIsOld() {
  try {
    return Date.now() - statSync(lock).mtimeMs > 5_000;
  } catch {
    return false;
  }
}

function npmCi() {
  // A string with a shell, since npm is a script (npm.cmd) on Windows.
  const result = spawnSync('npm ci --no-audit --no-fund', { cwd: here, shell: true, stdio: 'inherit' });
  if (result.status !== 0)
    console.error('npm ci failed in src/Studio: the web UI needs its packages once; later builds work offline.');
  return result.status ?? 1;
}
