/**
 * Connections of a command: opened for it, closed behind it. What they need is loaded when a command asks for it, so that
 * the others start quickly.
 *
 * @module
 */
import type { ConnectOptions, Signalbox } from '../runtime/client.ts'
import type { Records } from '../runtime/store/records.ts'
import { EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** A server on this machine answers at once; one across the world in a second. */
const CONNECT_TIMEOUT_MS = 5_000

/** For commands that only read: if no run has written anything there is no file, and none is made. */
export const EXISTING_STORE = { store: { existing: true } } as const satisfies Pick<ConnectOptions, 'store'>

/** For what the server adds to a list of the store, which does not wait long for a server that is away. */
export const BESIDE_A_LIST = { ...EXISTING_STORE, connectWithinMs: 2_000 } as const

interface ConnectedBy extends Pick<ConnectOptions, 'taskQueue' | 'store'> {
  readonly connectWithinMs?: number
}

/** A client of the Temporal server, with the store opened when it is first needed. */
export async function withSignalbox<Result>(
  { env }: Pick<Terminal, 'env'>,
  use: (signalbox: Signalbox) => Promise<Result>,
  { connectWithinMs = CONNECT_TIMEOUT_MS, ...options }: ConnectedBy = {},
): Promise<Result> {
  const [{ connect }, { connectionOptions }, { remoteCodec }] = await Promise.all([
    import('../runtime/client.ts'),
    import('../runtime/temporal/connection-options.ts'),
    import('../runtime/seals/remote-codec.ts'),
  ])
  const given = connectionOptions(env)
  const plugins = [...remoteCodec(env, given.namespace)]
  const temporal = { ...given, client: { ...given.client, connectTimeout: connectWithinMs, plugins } }
  const signalbox = await connect({ ...options, temporal, env })
  try {
    return await use(signalbox)
  } finally {
    await signalbox.close()
  }
}

/**
 * {@link withSignalbox}, or the store's records alone if no server answers: for commands that these can answer in part.
 *
 * @param recorded - Gives `false` where they answer nothing.
 * @throws TemporalUnreachable where they answer nothing.
 */
export async function withSignalboxOrRecords(
  terminal: Terminal,
  use: (signalbox: Signalbox) => Promise<void>,
  recorded: (records: Records) => Promise<boolean>,
): Promise<void> {
  try {
    await withSignalbox(terminal, use, EXISTING_STORE)
  } catch (error) {
    const { TemporalUnreachable } = await import('../runtime/temporal/unreachable.ts')
    if (!(error instanceof TemporalUnreachable)) throw error
    const isRecorded = await withRecords(terminal, recorded).catch(problem => {
      // With neither, whoever asks has to hear of both.
      terminal.note(error.message)
      throw problem
    })
    if (!isRecorded) throw error
    terminal.note(error.message)
    terminal.end(EXIT.outOfReach)
  }
}

/** What the store has recorded; no Temporal server is asked. */
export async function withRecords<Result>(
  { env }: Pick<Terminal, 'env'>,
  use: (records: Records) => Promise<Result>,
): Promise<Result> {
  const { openRecords } = await import('../runtime/store/records.ts')
  const records = await openRecords(env)
  try {
    return await use(records)
  } finally {
    await records.close()
  }
}
