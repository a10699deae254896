#include "actors/commands.h"

int main(int argc, char** argv) { return stagecoach::run_command({argv + 1, argv + argc}); }
