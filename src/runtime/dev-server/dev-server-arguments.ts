import { SEARCH_ATTRIBUTES } from '../../core/protocol.ts'

export interface DevServerFlags {
  readonly host: string
  readonly port: number
  /** Absent: no UI. */
  readonly uiPort?: number
  /**
   * A SQLite file that keeps runs between starts; absent, they are kept in memory only. With our settings the file
   * survives a kill of the server; after a power cut it is sound but may lack the last commits.
   */
  readonly databasePath?: string
  /** For many short runs instead of few long ones. @defaultValue false */
  readonly forTests?: boolean
}

/**
 * What `temporal` is started with.
 *
 * The history service reads each shard's transfer queue through a bucket of 20 polls per second
 * (`history.transferProcessorMaxPollRPS`), and a dev server has one shard: a run that loops waits 50 ms a step once the
 * burst is used. Any value from 100 up removes that. With a file, SQLite's default of a full sync per commit takes
 * another 40 ms.
 */
export function devServerArguments(flags: DevServerFlags): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', flags.host, '--port', String(flags.port), '--log-level', 'error'],
    ...(flags.uiPort === undefined ? ['--headless'] : ['--ui-port', String(flags.uiPort)]),
    ...(flags.databasePath === undefined ? [] : databaseArguments(flags.databasePath)),
    ...Object.entries(dynamicSettings(flags)).flatMap(setting => ['--dynamic-config-value', setting.join('=')]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(attribute => ['--search-attribute', attribute.join('=')]),
  ]
}

function databaseArguments(path: string): readonly string[] {
  return ['--db-filename', path, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal']
}

/**
 * How late a timer may be fired so that several are read at once: a sleep of 1 ms takes 206 ms by this, and 1,004 ms without. And
 * one partition of each task queue instead of four, which costs the server a tenth less CPU where every file of tests has its queue. A
 * workflow that is deleted right behind its end is gone in a tenth of a second, not in ten.
 */
const FOR_TESTS = {
  'history.timerProcessorMaxTimeShift': '"1ms"',
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
  'history.transferProcessorEnsureCloseBeforeDelete': 'false',
}

function dynamicSettings({ forTests = false }: DevServerFlags): Readonly<Record<string, string>> {
  return { 'history.transferProcessorMaxPollRPS': '200', ...(forTests && FOR_TESTS) }
}
