using Microsoft.Extensions.Logging;

namespace Discovery.Node.ConsulDialect;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("discovery-node-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-node=n1")]
    [InlineData("--node=n1")]
    [InlineData("-node n1")]
    [InlineData("--node n1")]
    [InlineData("-node n0 -node n1")]
    [InlineData("-hcl node_name=\"n1\" -node n0")]
    public void Load_NodeName_InAnyForm(string words) =>
        Assert.Equal("n1", Load($"-data-dir=/tmp/x {words}").Keys["Discovery:Node:NodeName"]);

    [Theory]
    [InlineData("-server", "Server")]
    [InlineData("-server=true", "Server")]
    [InlineData("--server=1 -node n1", "Server")]
    [InlineData("-server=false", "Agent")]
    public void Load_BooleanFlag_NeedsNoValue(string words, string role) =>
        Assert.Equal(role, Load($"-data-dir=/tmp/x {words}").Keys["Discovery:Node:Role"]);

    [Fact]
    public void Load_RepeatedFlags_AddUpBeforeFiles()
    {
        string file = Write("a.json", """{"recursors": ["9.9.9.9"], "node_meta": {"a": "file", "c": "file"}, "domain": "file"}""");
        Dialect dialect = Load(
            $"-data-dir=/tmp/x -recursor=1.1.1.1 -recursor=2.2.2.2 -node-meta=a:1 -node-meta=b -domain=flag -config-file={file}");
        Assert.Equal(["1.1.1.1", "2.2.2.2", "9.9.9.9"], new[] { 0, 1, 2 }.Select(i => dialect.Keys[$"Discovery:Dns:Recursors:{i}"]));
        Assert.Equal(["1", "", "file"], new[] { "a", "b", "c" }.Select(key => dialect.Keys[$"Discovery:Node:Meta:{key}"]));
        Assert.Equal("flag", dialect.Keys["Discovery:Dns:Domain"]);
    }

    [Fact]
    public void Load_Folder_ReadsJsonAndHclInLexicalOrder()
    {
        Write("b.hcl", "node_name = \"b\"\nservice { name = \"b\" }");
        Write("a.json", """{"node_name": "a", "service": {"name": "a"}}""");
        Write("z.txt", "neither");
        Write("c.json", "");
        Dialect dialect = Load($"-data-dir=/tmp/x -config-dir={_folder}");
        Assert.Equal("b", dialect.Keys["Discovery:Node:NodeName"]);
        Assert.Equal(["a", "b"], dialect.Services.Select(static service => service.Name));
        Assert.Empty(dialect.Warnings);
    }

    [Fact]
    public void Load_FileOfAnotherKind_IsSkippedWithAWarning()
    {
        string file = Write("a.conf", """{"node_name": "a"}""");
        Assert.Equal(
            [$"skipping file {file}, extension must be .hcl or .json, or config format must be set"],
            Load($"-data-dir=/tmp/x -config-file={file}").Warnings);
        Assert.Equal("a", Load($"-data-dir=/tmp/x -config-format=json -config-file={file}").Keys["Discovery:Node:NodeName"]);
    }

    [Fact]
    public void Load_Dev_IsAServerInMemoryOnLoopback()
    {
        Dialect dialect = Load("-dev -data-dir=/tmp/x");
        Assert.Equal("Server", dialect.Keys["Discovery:Node:Role"]);
        Assert.Equal("127.0.0.1", dialect.Keys["Discovery:Node:AdvertiseAddress"]);
        Assert.Equal("true", dialect.Keys["Discovery:Http:PrettyAlways"]);
        Assert.False(dialect.Keys.ContainsKey("Discovery:Node:DataDirectory"));
        Assert.Equal((LogLevel.Debug, true), (dialect.Host.LogLevel, dialect.Host.IsDev));
        Assert.Equal(LogLevel.Warning, Load("-dev -log-level=warn").Host.LogLevel);
    }

    [Theory]
    [InlineData("", "data_dir cannot be empty")]
    [InlineData("-nope", "flag provided but not defined: -nope")]
    [InlineData("-http-port", "flag needs an argument: -http-port")]
    [InlineData("-server=maybe", "invalid boolean value \"maybe\" for -server: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("-http-port=x", "invalid value \"x\" for flag -http-port: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("-data-dir=x more", "Unexpected extra arguments: [more]")]
    [InlineData("-server false -data-dir=x", "Unexpected extra arguments: [false -data-dir=x]")]
    [InlineData("-config-format=ini", "config: -config-format must be either 'hcl' or 'json'")]
    [InlineData("-config-file=/none", "config: Open failed on /none. open /none: no such file or directory")]
    [InlineData("-dev -log-level=foo", "Invalid log level: foo. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]")]
    [InlineData("-dev -hcl=foo=1", "failed to parse flags-0.hcl: 1 error occurred:\n\t* invalid config key foo\n\n")]
    public void Load_BadLine_TellsIt(string words, string told) =>
        Assert.Equal(told, Assert.Throws<DialectException>(() => Load(words)).Message);

    [Fact]
    public void Load_FileWithUnknownKey_NamesFileAndKey()
    {
        string file = Write("a.json", """{"foo": 1}""");
        Assert.Equal(
            "failed to parse a.json: 1 error occurred:\n\t* invalid config key foo\n\n",
            Assert.Throws<DialectException>(() => Load($"-data-dir=/tmp/x -config-file={file}")).Message);
    }

    private static Dialect Load(string words) => Dialect.Load(CommandLine.Parse(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
