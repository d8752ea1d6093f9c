using Discovery.PeerLoad;

// The parts of a comparison that no ready-made tool has. benchmarks/peers/run.sh calls them.
return args switch
{
    ["ceiling", var port, var body] => await Ceiling.RunAsync(int.Parse(port), await File.ReadAllBytesAsync(body)),
    ["waiters", var port, var pid, var count] => await Waiters.RunAsync(int.Parse(port), int.Parse(pid), int.Parse(count)),
    ["start", var port, var times, var together, .. var command] =>
        await StartTime.RunAsync(int.Parse(port), int.Parse(times), int.Parse(together), command),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: ceiling PORT FILE                        bare Kestrel that answers every request with the file's bytes
               waiters PORT PID COUNT                   COUNT blocked queries on one service, released by one change
               start PORT TIMES TOGETHER COMMAND...     time from exec to the open port and to the first write; {port} in COMMAND
        """);
    return 2;
}
