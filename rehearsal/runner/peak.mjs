import { readFileSync } from 'node:fs';

/**
 * The most resident memory of this process so far, in KB. Linux knows the peak of this program alone (VmHWM); elsewhere
 * it is that of the process, with its earlier program.
 */
export function peakKB() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
