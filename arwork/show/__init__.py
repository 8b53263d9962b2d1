"""What people see in a notebook: escaped static tables, PNG pictures, and how numbers are written."""
