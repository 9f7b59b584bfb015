"""What sweeps came to goes in; a page, pictures, a table and a description come out."""
