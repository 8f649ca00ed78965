import type { Command } from 'commander'
import type { SealKeyReport } from '../../runtime/seals/keys.ts'
import { EXIT } from '../exit-codes.ts'
import { path } from '../parse/values.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import { renderTable } from '../print/table.ts'
import { formatTime } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('the keys of sealed runs, and the master keys that encrypt them')
  keys
    .command('new')
    .description('make a master key: print it, or write it to a file that only its owner may read')
    .option('--file <path>', 'where to write it', path)
    .action((flags: { readonly file?: string }) => create(flags, terminal))
  keys
    .command('list')
    .description("list the store's keys, newest first, without showing any of them")
    .option('--json', 'print one JSON object')
    .action((flags: JsonFlag) => list(flags, terminal))
  keys
    .command('rotate')
    .description('wrap every key again with the first master key; after that the other master keys can go')
    .option('--json', 'print one JSON object')
    .action((flags: JsonFlag) => rotate(flags, terminal))
}

async function create({ file }: { readonly file?: string }, terminal: Terminal): Promise<void> {
  const { makeKeyFile, newMasterKey } = await import('../../runtime/store/master-keys.ts')
  if (file === undefined) return terminal.print(newMasterKey())
  makeKeyFile(file)
  terminal.print(`${file} holds a new master key, and only this user may read it; keep a copy where the store is not`)
}

async function list({ json }: JsonFlag, terminal: Terminal): Promise<void> {
  const { listKeys } = await import('../../runtime/seals/keys.ts')
  const report = await listKeys(terminal.env)
  if (json) return printJson(terminal, report)
  if (report.keys.length === 0) return terminal.print('the store has no keys: no run was sealed yet')
  terminal.print(
    renderTable(
      [
        { title: 'key', cell: key => key.keyId },
        { title: 'of', cell: ownerOf },
        { title: 'master key', cell: key => key.masterId },
        { title: 'made', cell: key => day(key.madeAtMs) },
        { title: 'destroyed', cell: key => (key.destroyedAtMs === undefined ? '' : day(key.destroyedAtMs)) },
      ],
      report.keys,
    ),
  )
}

const day = (atMs: number) => formatTime(atMs).slice(0, 16)

async function rotate({ json }: JsonFlag, terminal: Terminal): Promise<void> {
  const { rotateKeys } = await import('../../runtime/seals/keys.ts')
  const report = await rotateKeys(terminal.env)
  const { rewrapped, living, masterId, left } = report
  const words = `${rewrapped} of ${living} keys were wrapped by another master key; ${left.length === 0 ? 'all' : `${living - left.length}`} are now wrapped by ${masterId}`
  if (json) printJson(terminal, report)
  else terminal.print(words)
  if (left.length === 0) return
  terminal.note(leftWords(left))
  terminal.end(EXIT.outOfReach)
}

const LEFT_SHOWN = 10

function leftWords(left: readonly SealKeyReport[]): string {
  const lines = left.slice(0, LEFT_SHOWN).map(key => `  key ${key.keyId} of ${ownerOf(key)}: by ${key.masterId}`)
  const rest = left.length > LEFT_SHOWN ? [`  and ${left.length - LEFT_SHOWN} older ones: \`signalbox keys list\``] : []
  return [
    `${left.length} of the keys could not be unwrapped, and were left unchanged. Give the command their master key too, after the first in SIGNALBOX_MASTER_KEY or the key file; if it is lost, \`signalbox purge --run <id>\` destroys the key of a run:`,
    ...lines,
    ...rest,
  ].join('\n')
}

function ownerOf({ rootId, workspace }: SealKeyReport): string {
  return rootId ?? `workspace ${workspace}`
}
