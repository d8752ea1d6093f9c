namespace Discovery.Hosting;

public sealed class ListenerAddressTests
{
    [Theory]
    [InlineData("http://[::]:5000", "http ? 5000")]
    [InlineData("http://0.0.0.0:5000", "http ? 5000")]
    [InlineData("http://*:5000", "http ? 5000")]
    [InlineData("http://+:5000", "http ? 5000")]
    [InlineData("http://my-host:5000", "http ? 5000")]
    [InlineData("http://localhost:5000", "http 127.0.0.1 5000")]
    [InlineData("HTTP://LocalHost:5000/", "http 127.0.0.1 5000")]
    [InlineData("http://127.0.0.1:5000/path", "http 127.0.0.1 5000")]
    [InlineData("http://[::1]:5000", "http ::1 5000")]
    [InlineData("http://10.1.2.3", "http 10.1.2.3 80")]
    [InlineData("https://10.1.2.3", "https 10.1.2.3 443")]
    [InlineData("http://[fd00::1]", "http fd00::1 80")]
    [InlineData("http://127.0.0.1:0", "")]
    [InlineData("http://127.0.0.1:70000", "")]
    [InlineData("http://unix:/tmp/app.sock", "")]
    [InlineData("http://pipe:/app", "")]
    [InlineData("net.tcp://10.1.2.3:80", "")]
    [InlineData("nonsense", "")]
    [InlineData("http://127.0.0.1:5000 http://*:5001 https://*:5002 http://10.0.0.1:5003",
        "https ? 5002, http ? 5001, http 10.0.0.1 5003, http 127.0.0.1 5000")]
    [InlineData("http://0.0.0.0:5000 http://[::]:5000", "http ? 5000")]
    public void Parse_WhatServersTell_IsOrderedAndDialable(string told, string expected) => Assert.Equal(
        expected,
        string.Join(", ", ListenerAddress.Parse(told.Split(' ')).Select(a => $"{a.Scheme} {a.Host ?? "?"} {a.Port}")));
}
