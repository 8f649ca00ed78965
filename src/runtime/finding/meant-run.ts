/**
 * Which run an id means, where the namespaces of a store may have one each.
 *
 * @module
 */
import type { Namesake, ReportPort, RunReport } from '../../store/index.ts'
import type { Asking } from '../temporal/describe-known.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'

/** The namespace of whoever asks, with its id where its server names one. */
export interface OwnNamespace {
  readonly id?: string
}

export interface MeantRun {
  readonly key: string
  /** Empty where it is known which run is meant; else the runs of that id in several namespaces, newest first. */
  readonly doubtful: readonly Namesake[]
}

/**
 * Finds the run that an id means: the latest with that id in the asker's namespace, or else the latest of all. An id that no run
 * has is taken for a key.
 *
 * @param own - The asker's namespace; `undefined` if it is not known. Called only if several namespaces have a run of that id.
 */
export async function meantRun(
  reports: Pick<ReportPort, 'namesakes'>,
  id: string,
  own: () => Promise<OwnNamespace | undefined>,
): Promise<MeantRun> {
  const found = await reports.namesakes(id)
  const [latest] = found
  if (!latest || found.length === 1) return { key: latest?.key ?? id, doubtful: [] }
  const here = await own()
  const ours = here && found.find(({ namespaceId }) => namespaceId === here.id)
  if (ours) return { key: ours.key, doubtful: [] }
  const told = found.filter(({ namespaceId }) => namespaceId !== undefined)
  return { key: latest.key, doubtful: told.length > 1 ? found : [] }
}

/** {@link meantRun} for a client, by its key. */
export async function keyMeant(reports: Pick<ReportPort, 'namesakes'>, id: string, client: Asking): Promise<string> {
  return (await meantRun(reports, id, () => ownNamespace(client))).key
}

/** Whether a run is a child whose id a later tree has used again. The server has the latest of an id, and does not tell of which tree it is. */
export async function isEarlierChild(
  reports: Pick<ReportPort, 'namesakes'>,
  { id, key }: Pick<RunReport, 'id' | 'key'>,
  own: () => Promise<OwnNamespace | undefined>,
): Promise<boolean> {
  return key.includes('/') && (await meantRun(reports, id, own)).key !== key
}

/** The client's namespace; `undefined` if the server cannot be asked for it. */
export async function ownNamespace({ connection, options }: Asking): Promise<OwnNamespace | undefined> {
  try {
    const id = await namespaceIdOf(connection, options.namespace)
    return id === undefined ? {} : { id }
  } catch (error) {
    if (grpcAnswer(error)) return undefined
    throw error
  }
}

/**
 * Whether a run belongs to another namespace, whose server cannot be asked from here. A run that does not say where it belongs
 * may be ours.
 */
export function isOfAnother({ namespaceId }: Pick<RunReport, 'namespaceId'>, own: OwnNamespace | undefined): boolean {
  return own?.id !== undefined && namespaceId !== undefined && namespaceId !== own.id
}

export const ASKED_ELSEWHERE =
  'it runs in another namespace or on another server, and only there can its state be read: set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to those'

/** The message for an id that several namespaces have. */
export function doubtfulWords(id: string, { doubtful }: MeantRun): string {
  const keys = doubtful.map(({ key, startedAtMs }) => `${key} (begun ${new Date(startedAtMs).toISOString()})`)
  return `${doubtful.length} namespaces have a run ${id} in this store, and no server can tell which one is meant; name it by its key: ${keys.join(', ')}`
}
