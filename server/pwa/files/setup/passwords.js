/** Passwords to hand out: 79 bits, without characters that look like others. */

const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const LETTERS = 4;

export function newPassword() {
  return Array.from({ length: GROUPS }, () => Array.from({ length: LETTERS }, letter).join("")).join("-");
}

function letter() {
  const drawn = new Uint8Array(1);
  // A byte beyond the last whole run of the alphabet would make some letters likelier.
  do crypto.getRandomValues(drawn);
  while (drawn[0] >= 256 - (256 % ALPHABET.length));
  return ALPHABET[drawn[0] % ALPHABET.length];
}
