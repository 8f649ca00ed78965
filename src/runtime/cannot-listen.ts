import { ConfigurationProblem } from './configuration/configuration-problem.ts'

/** The address is taken, not allowed to this user, not one of this machine, or a name that nobody knows. */
const CODES = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN']

/**
 * What is told of a server that could not listen where `--host` and `--port` said.
 *
 * @param who - E.g. `a vendor`.
 * @returns the error itself where it is about something else
 */
export function cannotListen(error: unknown, who: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined || !CODES.includes(code)) return error
  return new ConfigurationProblem(`${who} cannot listen: ${message}; name another --host or --port`)
}
