namespace Discovery.State;
internal static class SnapshotWriter { public static void Write(StateSnapshot s, Stream o) => throw new NotSupportedException(); }
