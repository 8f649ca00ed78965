#!/usr/bin/env node
/**
 * The `signalbox` command.
 *
 * @module
 */
import { EXIT } from './exit-codes.ts'
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

/** The oldest Node whose SQLite and module loading the product stands on, as `engines` says. */
const OLDEST_NODE = [22, 19] as const

leaveOutSqliteWarning()
process.exitCode = isOld(process.versions.node) ? refuse() : await runCli(process.argv.slice(2), processTerminal())

/** Node 22 says at every start that its own SQLite is experimental, which is nothing that the user of a command can act on. */
function leaveOutSqliteWarning(): void {
  const emit = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emit.call(process, warning, ...rest)
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
