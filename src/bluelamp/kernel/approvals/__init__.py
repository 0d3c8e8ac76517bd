"""n distinct people approve one exact version of something; a change of it voids the approval."""
