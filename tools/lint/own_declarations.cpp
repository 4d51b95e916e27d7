// A plugin of clang-tidy 19 that narrows what it walks through to the declarations of this project. Without it each
// check visits everything that a source includes, of which nearly all is the standard library and Boost, whose findings
// nobody is told. tools/lint/tidy.py builds it.
#include <memory>
#include <string>
#include <vector>

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

namespace {

class Narrow : public clang::ASTConsumer {
 public:
  void HandleTranslationUnit(clang::ASTContext& context) override {
    const clang::SourceManager& files = context.getSourceManager();
    std::vector<clang::Decl*> own;
    // Declarations of the precompiled header that nobody asked for yet stay unread.
    for (clang::Decl* declaration : context.getTranslationUnitDecl()->noload_decls()) {
      if (!declaration->isFromASTFile() && !files.isInSystemHeader(declaration->getLocation()))
        own.push_back(declaration);
    }
    context.setTraversalScope(own);
  }
};

class OwnDeclarations : public clang::PluginASTAction {
 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&, llvm::StringRef) override {
    return std::make_unique<Narrow>();
  }
  bool ParseArgs(const clang::CompilerInstance&, const std::vector<std::string>&) override { return true; }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<OwnDeclarations> kRegistered("own-declarations", "walks our own code only");

}  // namespace
