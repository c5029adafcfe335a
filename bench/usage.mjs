// Preloaded into what is measured: at its end it says what it used. Plain JavaScript: taking the types off a file would
// cost the process more memory than what is measured.
import { writeFileSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

import { peakKB } from '../rehearsal/runner/peak.mjs';

let alive = 0;
const isWhole = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
new PerformanceObserver((list) => {
  if (list.getEntries().some(isWhole)) alive = Math.max(alive, process.memoryUsage().heapUsed);
}).observe({ entryTypes: ['gc'] });

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { peakMB: peakKB() / 1024, aliveMB: alive / 2 ** 20, cpuS: (user + system) / 1e6 };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});
