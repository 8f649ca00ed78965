import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'

const DEFAULT_PATH = 'signalbox.yaml'

export function addConfig(program: Command, terminal: Terminal): void {
  program
    .command('config')
    .description('check the configuration')
    .command('check')
    .description('say what a configuration amounts to, or list everything that is wrong with it')
    .argument('[path]', 'the configuration', DEFAULT_PATH)
    .option('--json', 'print one JSON object')
    .action((path: string, flags: { readonly json?: boolean }) => check(path, flags, terminal))
}

async function check(path: string, { json }: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const { checkConfiguration } = await import('../../runtime/check-configuration.ts')
  const checked = checkConfiguration(path, terminal.env)
  if (!checked.ok) terminal.end(EXIT.badInput)
  if (json) {
    const { words: _, ...found } = checked
    return printJson(terminal, found)
  }
  if (checked.ok) terminal.print(`${path} is right\n${checked.words}`)
  else terminal.note(checked.words)
}
