import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'

/** The oldest server that runs are tried on. */
export const OLDEST_SERVER = '1.32'

/** By the first two numbers of the version. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(part => Number.parseInt(part, 10))
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_SERVER.split('.').map(Number)
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}

/** Which server it is that somebody else has started, for people; `undefined` where it does not say. */
export async function serverWords(connection: WorkflowConnection | undefined): Promise<string | undefined> {
  if (!connection) return undefined
  const untold = [GRPC.unimplemented, GRPC.permissionDenied]
  const told = await answerUnless(untold, connection, service => service.getSystemInfo({}))
  if (!told?.serverVersion) return undefined
  const words = `Temporal server ${told.serverVersion}`
  if (!isTooOld(told.serverVersion)) return words
  return `${words}, older than ${OLDEST_SERVER}, the oldest that Signalbox is tried on`
}
