/** asl-validator 4 ships no types. */
declare module "asl-validator" {
  /** Validates an Amazon States Language definition. */
  export default function aslValidator(definition: object): { readonly isValid: boolean; readonly errors: unknown[] };
}
