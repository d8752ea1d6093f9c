using System.Runtime.InteropServices;

namespace Discovery.Health;

/// <summary>Signals a whole process group (POSIX).</summary>
internal static partial class ProcessGroup
{
    private const int SigKill = 9;

    /// <summary>Kills all processes of the group that <paramref name="leader"/> leads; nothing happens when there is none.</summary>
    public static void Kill(int leader)
    {
        if (leader > 1)
        {
            _ = KillNative(-leader, SigKill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillNative(int pid, int signal);
}
