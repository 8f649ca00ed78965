/**
 * Where the master keys come from: the environment, or a file that nobody else may read.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type MasterKeys, newMasterKey, parseMasterKeys } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { fileRefused } from '../configuration/file-refused.ts'

export { newMasterKey }

/**
 * Where `signalbox dev` puts the key file, and where every process looks for it by default. In pieces: a bundler such as that of Next.js
 * copies what it sees a client open into the folder that is deployed, and a key has no place there.
 */
export const DEFAULT_KEY_FILE = ['.signalbox', 'master.key'].join('/')

/** Reads the master keys once, when they are first needed. `undefined` if there are none. */
export function masterKeySource(env: NodeJS.ProcessEnv): () => MasterKeys | undefined {
  let read: { readonly keys: MasterKeys | undefined } | undefined
  return () => {
    read ??= { keys: readMasterKeys(env) }
    return read.keys
  }
}

/**
 * The keys of `SIGNALBOX_MASTER_KEY`, else of the file that `SIGNALBOX_MASTER_KEY_FILE` names, else of the default file if it exists.
 *
 * @throws ConfigurationProblem if they are not valid keys, if the named file does not exist, or if other users may read it.
 */
export function readMasterKeys(env: NodeJS.ProcessEnv): MasterKeys | undefined {
  if (env.SIGNALBOX_MASTER_KEY) return parsed(env.SIGNALBOX_MASTER_KEY, 'SIGNALBOX_MASTER_KEY')
  const named = env.SIGNALBOX_MASTER_KEY_FILE
  if (named && !existsSync(named))
    throw new ConfigurationProblem(
      `SIGNALBOX_MASTER_KEY_FILE names ${named}, which does not exist; correct it, or make one with \`signalbox keys new --file ${named}\``,
    )
  const path = named || DEFAULT_KEY_FILE
  if (!existsSync(path)) return undefined
  refuseOthers(path)
  return parsed(textOf(path), `the key file ${path}`)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileRefused(error, `the key file ${path} cannot be read`, 'name another one in SIGNALBOX_MASTER_KEY_FILE')
  }
}

function parsed(text: string, source: string): MasterKeys {
  const read = parseMasterKeys(text)
  if (read.ok) return read.masterKeys
  throw new ConfigurationProblem(
    `${source} ${read.problem}; a master key is 32 bytes in base64, several are separated by white space, and \`signalbox keys new\` makes one`,
  )
}

/** File mode bits: all rights of the group and of others; and the same, except that the group may read. */
const GROUP_AND_OTHERS = 0o077
const ALL_BUT_GROUP_READS = 0o037

/**
 * Whether users other than the owner may read or change a key file. A file of root may be readable for its group, because that is how
 * Kubernetes mounts secrets with `fsGroup`. PostgreSQL has the same rule for its keys.
 */
export function isOpenToOthers({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return (mode & (uid === 0 ? ALL_BUT_GROUP_READS : GROUP_AND_OTHERS)) !== 0
}

function refuseOthers(path: string): void {
  const { uid, mode } = statSync(path)
  if (process.platform === 'win32' || !isOpenToOthers({ uid, mode })) return
  const bits = (mode & 0o777).toString(8)
  throw new ConfigurationProblem(
    `the key file ${path} can be read by others (mode ${bits}), so it is not used; run \`chmod 600 ${path}\`, and consider replacing its key`,
  )
}

/** Creates a key file that only its owner may read. @throws ConfigurationProblem if the file exists or cannot be created. */
export function makeKeyFile(path: string): void {
  if (existsSync(path))
    throw new ConfigurationProblem(
      `${path} exists; overwriting a key loses everything that it wraps. Name another file`,
    )
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${newMasterKey()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw fileRefused(error, `the key file ${path} cannot be made`, 'name another file or folder')
  }
}

/** Creates the default key file if no master key is given anywhere. Returns whether it did. */
export function ensureKeyFile(env: NodeJS.ProcessEnv): boolean {
  if (env.SIGNALBOX_MASTER_KEY || env.SIGNALBOX_MASTER_KEY_FILE || existsSync(DEFAULT_KEY_FILE)) return false
  makeKeyFile(DEFAULT_KEY_FILE)
  return true
}
