#!/usr/bin/env node
/**
 * The `signalbox` command.
 *
 * @module
 */
import module from 'node:module'
import { join } from 'node:path'
import { cacheFolder } from '../runtime/dev-server/cache-folder.ts'
import { EXIT } from './exit-codes.ts'

/** The oldest Node whose SQLite and module loading the product stands on, as `engines` says. */
const OLDEST_NODE = [22, 19] as const

/**
 * What Node warns of and no user of a command can act on: that its own SQLite is experimental, at every start of Node 22, and that
 * gRPC names a Temporal server's address to it over TLS.
 */
const NOT_FOR_USERS = ['SQLite is an experimental feature', 'Setting the TLS ServerName to an IP address']

leaveOutWarnings()
process.exitCode = isOld(process.versions.node) ? refuse() : await run()

async function run(): Promise<number> {
  keepCompiled(process.env)
  const [{ runCli }, { processTerminal }] = await Promise.all([import('./run-cli.ts'), import('./terminal.ts')])
  return runCli(process.argv.slice(2), processTerminal())
}

/**
 * From the second start on, what is loaded from now on lies there compiled: `config check` takes 0.4 s instead of 0.8, a worker's
 * start 0.8 instead of 1.7. In the user's own folder, for it is run. One that cannot be written costs nothing but the time.
 */
function keepCompiled(env: NodeJS.ProcessEnv): void {
  const hasFolder = Boolean(env.SIGNALBOX_CACHE || env.XDG_CACHE_HOME || env.HOME || env.LOCALAPPDATA)
  // By the module's name: an older Node lacks this, and would not get as far as to be told that it is too old.
  if (hasFolder) module.enableCompileCache(join(cacheFolder(env), 'compiled'))
}

function leaveOutWarnings(): void {
  const emit = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!NOT_FOR_USERS.some(words => String(warning).startsWith(words))) emit.call(process, warning, ...rest)
  }
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
}

function refuse(): number {
  process.stderr.write(`signalbox needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}\n`)
  return EXIT.badInput
}
