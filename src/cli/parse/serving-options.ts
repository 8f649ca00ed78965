/**
 * What `signalbox worker` and `signalbox dev` take alike, and other commands in part.
 *
 * @module
 */
import { Option } from 'commander'
import type { LoggingLevel } from '../../runtime/logging/open-log.ts'
import { duration, path } from './values.ts'

export interface ServingFlags {
  readonly config?: string
  readonly app?: string
  /** Milliseconds. */
  readonly grace: number
  readonly metrics?: string
  readonly otlp?: string
  readonly logLevel: LoggingLevel
}

export const DEFAULT_CONFIG = 'signalbox.yaml'

export const CONFIG = ['--config <path>', `the configuration (default: ${DEFAULT_CONFIG})`, path] as const

export const APP = [
  '--app <path>',
  "a module with agents, tools, schemas and workflows (default: the configuration's app)",
  path,
] as const

export const METRICS = ['--metrics <host:port>', 'where Prometheus finds the metrics, e.g. 127.0.0.1:9464'] as const

export const OTLP = [
  '--otlp <url>',
  'a collector for traces, and metrics, by OTLP over HTTP, e.g. http://localhost:4318',
] as const

/** An option whose default is said in the help as one would type it: Commander puts texts in quotes, and shows what was read of others. */
export function optionOr<Value>(
  flags: string,
  description: string,
  read: (text: string) => Value,
  otherwise: string,
): Option {
  return new Option(flags, description).argParser(read).default(read(otherwise), otherwise)
}

export function graceOption(description: string, otherwise: string): Option {
  return optionOr('--grace <duration>', description, duration, otherwise)
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly LoggingLevel[]

/** `--log-level`; the lines go to standard error. */
export function levelOption(level: LoggingLevel, format: 'as JSON' | 'in words'): Option {
  return new Option('--log-level <level>', `log lines from this level on, ${format} to standard error`)
    .choices(LEVELS)
    .default(level)
}
