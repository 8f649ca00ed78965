/** What stands before the slash of a model's name. */
export function authorOf(model: string): string {
  return model.slice(0, model.indexOf('/'))
}
