import Languages
