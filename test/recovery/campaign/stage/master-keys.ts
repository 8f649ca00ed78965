import { parseMasterKeys, type StoreSettings } from '../../../../src/store/index.ts'

/** The keys that wrap those of sealed runs, the same in all processes of a campaign. */
export function masterKeysIn(text: string): NonNullable<StoreSettings['masterKeys']> {
  const parsed = parseMasterKeys(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return () => parsed.masterKeys
}
