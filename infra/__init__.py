"""The CDK app: every stack of a stage, and nothing that differs between stages."""
