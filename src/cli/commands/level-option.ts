import { Option } from 'commander'
import type { LoggingLevel } from '../../runtime/logging/logging.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly LoggingLevel[]

/** Log lines go to standard error. */
export function levelOption(level: LoggingLevel, format: 'as JSON' | 'in words'): Option {
  return new Option('--log-level <level>', `log lines from this level on, ${format} to standard error`)
    .choices(LEVELS)
    .default(level)
}
