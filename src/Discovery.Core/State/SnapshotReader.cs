namespace Discovery.State;
internal static class SnapshotReader { public static StateSnapshot Read(StateSchema s, Stream i) => throw new NotSupportedException(); }
