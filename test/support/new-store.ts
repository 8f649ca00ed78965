import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store, type StoreSettings } from '../../src/store/index.ts'

/** An empty store, made once in each process. */
let empty: Promise<Buffer> | undefined

/**
 * Opens a store whose file is made as a copy of an empty one where it is missing: to make all tables takes six times as long, and hundreds
 * of tests have a store of their own.
 */
export async function openNewStore(settings: StoreSettings & { readonly path: string }): Promise<Store> {
  empty ??= emptyStore()
  const bytes = await empty
  if (!settings.existing && !existsSync(settings.path)) writeFileSync(settings.path, bytes, { mode: 0o600 })
  return openStore(settings)
}

async function emptyStore(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-empty-'))
  const path = join(folder, 'store.db')
  await (await openStore({ path })).close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true })
  return bytes
}
