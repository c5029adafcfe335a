// Preloaded into what is measured: at its end it says what it used. Plain JavaScript: taking the types off a file would
// cost the process more memory than what is measured.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

import { peakKB } from '../rehearsal/runner/peak.mjs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ peakMB: peakKB() / 1024, cpuS: (user + system) / 1e6 }));
});
