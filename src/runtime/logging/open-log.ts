/**
 * The log of a process, on standard error.
 *
 * @module
 */
import { type Logger, pino } from 'pino'
import { createLogLines } from './log-lines.ts'
import { logWords } from './log-words.ts'

export type LoggingLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** `json`: one object a line, for machines. `words`: for a person who watches. */
export type LoggingFormat = 'json' | 'words'

export function openLog(level: LoggingLevel, format: LoggingFormat): Logger {
  const lines = createLogLines(2, dropped =>
    log.warn({ lines: dropped }, `nobody read this log for a while, so ${dropped} lines are missing`),
  )
  const stream = format === 'json' ? lines : { write: (line: string) => lines.write(logWords(line)) }
  const log = pino({ level, base: { pid: process.pid } }, stream)
  return log
}
