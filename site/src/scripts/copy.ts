/** A button beside every command and citation that copies it. */
for (const block of document.querySelectorAll<HTMLElement>('pre.copied')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(block.textContent).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'The browser does not allow copying'),
    );
  });
  block.after(button);
}
