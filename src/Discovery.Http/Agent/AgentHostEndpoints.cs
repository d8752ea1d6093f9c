using System.Globalization;
using System.Runtime.InteropServices;
using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/host</c>: the machine around the node, for those who look after it.</summary>
/// <remarks>What the system does not tell is 0 or empty; only Linux tells everything that is here.</remarks>
internal sealed class AgentHostEndpoints(NodeRuntime runtime) : IEndpointGroup
{
    public void Map(ApiRoutes routes) => routes.Add("agent/host", ApiMethods.Get, HostAsync);

    private Task HostAsync(ApiCall call)
    {
        DateTimeOffset now = runtime.Time.GetUtcNow();
        var json = new JsonBuffer().Raw("{\"Memory\":"u8);
        WriteMemory(json, Pairs("/proc/meminfo"));
        WriteProcessors(json.Raw(",\"CPU\":"u8), Pairs("/proc/cpuinfo"));
        WriteSystem(json.Raw(",\"Host\":"u8), now);
        WriteDisk(json.Raw(",\"Disk\":"u8));
        json.Raw(",\"CollectionTime\":"u8).Number((now - DateTimeOffset.UnixEpoch).Ticks * 100).Raw(",\"Errors\":null}"u8);
        return call.WriteAsync(json);
    }

    private static void WriteMemory(JsonBuffer json, Dictionary<string, string> memory)
    {
        long Bytes(string name) => long.TryParse(
            memory.GetValueOrDefault(name, "").Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : 0;

        long total = Bytes("MemTotal");
        total = total > 0 ? total : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long cached = Bytes("Cached") + Bytes("SReclaimable");
        long used = Math.Max(0, total - Bytes("MemFree") - Bytes("Buffers") - cached);
        json.Raw("{\"total\":"u8).Number(total).Raw(",\"available\":"u8).Number(Bytes("MemAvailable"));
        json.Raw(",\"used\":"u8).Number(used).Raw(",\"usedPercent\":"u8).Number(total == 0 ? 0 : 100.0 * used / total);
        json.Raw(",\"free\":"u8).Number(Bytes("MemFree")).Raw(",\"active\":"u8).Number(Bytes("Active"));
        json.Raw(",\"inactive\":"u8).Number(Bytes("Inactive")).Raw(",\"buffers\":"u8).Number(Bytes("Buffers"));
        json.Raw(",\"cached\":"u8).Number(cached).Raw(",\"shared\":"u8).Number(Bytes("Shmem"));
        json.Raw(",\"slab\":"u8).Number(Bytes("Slab")).Raw(",\"swaptotal\":"u8).Number(Bytes("SwapTotal"));
        json.Raw(",\"swapfree\":"u8).Number(Bytes("SwapFree")).Byte((byte)'}');
    }

    private static void WriteProcessors(JsonBuffer json, Dictionary<string, string> processor)
    {
        json.Byte((byte)'[');
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            _ = i > 0 ? json.Byte((byte)',') : json;
            json.Raw("{\"cpu\":"u8).Number(i).Raw(",\"vendorId\":"u8).String(processor.GetValueOrDefault("vendor_id"));
            json.Raw(",\"family\":"u8).String(processor.GetValueOrDefault("cpu family"));
            json.Raw(",\"model\":"u8).String(processor.GetValueOrDefault("model")).Raw(",\"cores\":1,\"modelName\":"u8);
            json.String(processor.GetValueOrDefault("model name")).Raw(",\"mhz\":"u8);
            json.Number(double.TryParse(
                processor.GetValueOrDefault("cpu MHz"), NumberStyles.Float, CultureInfo.InvariantCulture, out double mhz) ? mhz : 0);
            json.Byte((byte)'}');
        }

        json.Byte((byte)']');
    }

    private static void WriteSystem(JsonBuffer json, DateTimeOffset now)
    {
        string uptimeText = Text("/proc/uptime").Split(' ')[0];
        double uptime = double.TryParse(uptimeText, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;
        Dictionary<string, string> release = Pairs("/etc/os-release", '=');
        string platform = release.GetValueOrDefault("ID", "").Trim('"');
        json.Raw("{\"hostname\":"u8).String(Environment.MachineName).Raw(",\"uptime\":"u8).Number((long)uptime);
        json.Raw(",\"bootTime\":"u8).Number(uptime > 0 ? now.ToUnixTimeSeconds() - (long)uptime : 0);
        json.Raw(",\"procs\":0,\"os\":"u8).String(AgentSelfEndpoints.SystemName).Raw(",\"platform\":"u8).String(platform);
        json.Raw(",\"platformFamily\":"u8).String(platform).Raw(",\"platformVersion\":"u8);
        json.String(release.GetValueOrDefault("VERSION_ID", "").Trim('"')).Raw(",\"kernelVersion\":"u8);
        json.String(Text("/proc/sys/kernel/osrelease").Trim()).Raw(",\"kernelArch\":"u8);
        json.String(RuntimeInformation.OSArchitecture == Architecture.X64 ? "x86_64" : RuntimeInformation.OSArchitecture.ToString());
        json.Raw(",\"virtualizationSystem\":\"\",\"virtualizationRole\":\"\",\"hostid\":\"\"}"u8);
    }

    private static void WriteDisk(JsonBuffer json)
    {
        var drive = new DriveInfo(Path.GetPathRoot(Environment.CurrentDirectory) ?? "/");
        (long total, long free) = drive.IsReady ? (drive.TotalSize, drive.AvailableFreeSpace) : (0, 0);
        json.Raw("{\"path\":"u8).String(drive.Name).Raw(",\"fstype\":"u8).String(drive.IsReady ? drive.DriveFormat : "");
        json.Raw(",\"total\":"u8).Number(total).Raw(",\"free\":"u8).Number(free).Raw(",\"used\":"u8).Number(total - free);
        json.Raw(",\"usedPercent\":"u8).Number(total == 0 ? 0 : 100.0 * (total - free) / total).Byte((byte)'}');
    }

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // The first of several lines with the same name counts.
    private static Dictionary<string, string> Pairs(string path, char separator = ':')
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Text(path).Split('\n'))
        {
            int at = line.IndexOf(separator, StringComparison.Ordinal);
            if (at > 0)
            {
                pairs.TryAdd(line[..at].Trim(), line[(at + 1)..].Trim());
            }
        }

        return pairs;
    }
}
