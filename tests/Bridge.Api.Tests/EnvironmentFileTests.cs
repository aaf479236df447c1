using Bridge.Api.Configuration;

namespace Bridge.Api.Tests;

/// <summary>The file <c>.env</c>, and that what is documented is what is read.</summary>
public sealed class EnvironmentFileTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("bridge-env").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_nearest_parents_file_is_read_and_the_real_environment_wins()
    {
        File.WriteAllText(Path.Combine(_folder, ".env"), "HOST=from-file\nPORT=\"9000\" \nexport LOG_LEVEL=debug # loud\nOPENAI_SYSTEM_PROMPT='Two\nlines'\n");
        var below = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
        var variables = EnvironmentFile.Load(new Dictionary<string, string> { ["HOST"] = "from-process", ["EMPTY"] = "" }, below);

        Assert.That(variables, Does.ContainKey("HOST").WithValue("from-process"));
        Assert.That(variables, Does.ContainKey("PORT").WithValue("9000"));
        Assert.That(variables, Does.ContainKey("LOG_LEVEL").WithValue("debug"));
        Assert.That(variables["OPENAI_SYSTEM_PROMPT"].ReplaceLineEndings("\n"), Is.EqualTo("Two\nlines"));
        Assert.That(variables, Does.Not.ContainKey("EMPTY"));
    }

    [Test]
    public void A_nearer_file_hides_one_further_up()
    {
        var below = Directory.CreateDirectory(Path.Combine(_folder, "a")).FullName;
        File.WriteAllText(Path.Combine(_folder, ".env"), "HOST=far\nPORT=1\n");
        File.WriteAllText(Path.Combine(below, ".env"), "HOST=near\n");
        var variables = EnvironmentFile.Load(new Dictionary<string, string>(), below);

        Assert.That(variables, Is.EquivalentTo(new Dictionary<string, string> { ["HOST"] = "near" }));
    }

    [Test]
    public void An_empty_value_means_not_set_also_over_the_file()
    {
        File.WriteAllText(Path.Combine(_folder, ".env"), "HOST=\nPORT=9000\n");
        var variables = EnvironmentFile.Load(new Dictionary<string, string> { ["PORT"] = " " }, _folder);

        Assert.That(variables, Is.EquivalentTo(new Dictionary<string, string> { ["PORT"] = "9000" }));
    }

    [Test]
    public void The_example_file_can_be_copied_as_it_is()
    {
        var variables = EnvironmentFile.Load(new Dictionary<string, string>(), CopyOfTheExample());
        var known = Setting.All.Select(s => s.Variable).Append("ASPNETCORE_ENVIRONMENT");

        Assert.That(variables.Keys, Is.SubsetOf(known));
    }

    [TestCase(".env.example")]
    [TestCase("README.md")]
    public void Every_variable_is_documented(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root(), file));
        foreach (var setting in Setting.All)
            Assert.That(text, Does.Contain(setting.Variable));
    }

    private string CopyOfTheExample()
    {
        File.Copy(Path.Combine(Root(), ".env.example"), Path.Combine(_folder, ".env"));
        return _folder;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Bridge.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
