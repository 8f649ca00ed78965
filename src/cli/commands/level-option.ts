import { Option } from 'commander'
import type { LoggingLevel } from '../../runtime/logging.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly LoggingLevel[]

/** Log lines are JSON on standard error. */
export function levelOption(level: LoggingLevel): Option {
  return new Option('--log-level <level>', 'log lines from this level on, as JSON to standard error')
    .choices(LEVELS)
    .default(level)
}
