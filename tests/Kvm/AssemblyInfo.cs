using Xunit;

// Tests count the process's descriptors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
