"""Money follows needs: what surrounds the allocation, from a call's files to the decision and its reports."""
